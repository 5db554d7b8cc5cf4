// swift-tools-version: 6.2
import PackageDescription

/// Every module: Swift 6 mode, no warning tolerated, dependencies do not leak through imports.
let common: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
]
/// Modules that read bytes from the network: every unsafe operation would have to be written out, and none is.
let strict: [SwiftSetting] = common + [.strictMemorySafety()]

let package = Package(
    name: "tern",
    products: [
        .executable(name: "tern", targets: ["tern"]),
        .executable(name: "tern-relay", targets: ["tern-relay"]),
        // The protocol alone, for Benchmarks/.
        .library(name: "RelayCore", targets: ["STUN", "Integrity", "Credentials", "RelayCore"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // C: kernel and library interfaces that Swift cannot import, as inline functions.
        .target(name: "CLinux"),
        .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(name: "CSRTP"),
        .target(name: "CResolver", linkerSettings: [.linkedLibrary("resolv")]),
        .target(name: "CArgon2", linkerSettings: [.linkedLibrary("argon2")]),
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "CQRCode", linkerSettings: [.linkedLibrary("qrencode")]),
        // The files of the pages, read by the C compiler.
        .target(name: "CPages"),

        // The protocol: pure, deterministic, no input or output.
        .target(name: "STUN", swiftSettings: strict),
        .target(name: "Integrity", dependencies: ["COpenSSL"], swiftSettings: strict),
        .target(name: "Credentials", dependencies: ["STUN", "Integrity"], swiftSettings: strict),
        .target(
            name: "RelayCore",
            dependencies: [
                "STUN", "Integrity", "Credentials",
                .product(name: "BasicContainers", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .target(
            name: "TURNClient", dependencies: ["STUN", "Integrity", "Credentials", "COpenSSL"], swiftSettings: common),

        .target(name: "Signaling", swiftSettings: strict),

        // Programs that the kernel runs: their loader, what compiles them into a module, and the kernel path's.
        .target(name: "CBPF"),
        .plugin(name: "EmbedProgram", capability: .buildTool()),
        .target(
            name: "KernelPath", dependencies: ["CBPF", "STUN"], exclude: ["Program"], swiftSettings: common,
            plugins: ["EmbedProgram"]),

        // The machine: descriptors, time, threads.
        .target(
            name: "EventLoop", dependencies: ["CLinux", "COpenSSL", "STUN", "RelayCore"], swiftSettings: common),
        .target(
            name: "ConfigurationKeys", dependencies: [.product(name: "Yams", package: "Yams")], swiftSettings: common),
        .target(
            name: "LocalHTTP",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: common),
        .target(
            name: "RelayServer",
            dependencies: [
                "ConfigurationKeys", "EventLoop", "KernelPath", "LocalHTTP", "RelayCore", "Credentials", "Integrity",
                "STUN", "CLinux", "COpenSSL",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: common),

        // What operators learn with: reachability, and how much a server carries.
        .target(
            name: "Probe", dependencies: ["TURNClient", "Credentials", "Integrity", "STUN", "CResolver", "CCurl"],
            swiftSettings: common),
        .target(name: "MediaPath", dependencies: ["COpenSSL", "CSRTP"], swiftSettings: common),
        .target(
            name: "Load",
            dependencies: [
                "CLinux", "CBPF", "COpenSSL", "MediaPath", "TURNClient", "Credentials", "Integrity", "STUN",
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            exclude: ["Program"], swiftSettings: common, plugins: ["EmbedProgram"]),

        // The companion: a database, keys for what it must not show, and the services.
        .target(
            name: "Store", dependencies: [.product(name: "GRDB", package: "GRDB.swift")], swiftSettings: common),
        .target(name: "Vault", dependencies: ["Integrity", "CArgon2"], swiftSettings: common),
        .target(
            name: "Companion",
            dependencies: [
                "Store", "Vault", "Signaling", "Credentials", "Integrity", "CCurl", "CQRCode",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: common),

        .target(
            name: "CompanionServer",
            dependencies: [
                "Companion", "Store", "Vault", "Signaling", "Credentials", "Integrity", "STUN", "CPages",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Pages"],
            swiftSettings: common),

        // The command line.
        .target(
            name: "RelayCommand",
            dependencies: [
                "RelayServer", "ConfigurationKeys", "Credentials",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: common),
        .target(
            name: "MeasureCommand",
            dependencies: [
                "RelayCommand", "Probe", "Load", "MediaPath", "TURNClient", "Credentials", "STUN",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: common),
        .target(
            name: "CompanionCommand",
            dependencies: [
                "RelayCommand", "RelayServer", "Companion", "CompanionServer", "ConfigurationKeys", "Credentials",
                "Store", "Vault", "STUN",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: common),
        .executableTarget(
            name: "tern",
            dependencies: [
                "RelayCommand", "MeasureCommand", "CompanionCommand",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: common),
        .executableTarget(
            name: "tern-relay",
            dependencies: [
                "RelayCommand", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: common),

        // Tests mirror the sources. TidyTests reads them: imports, purity, shape. TestSupport is what several need.
        .target(name: "TestSupport", dependencies: ["STUN"], path: "Tests/Support", swiftSettings: common),
        .testTarget(name: "TidyTests", swiftSettings: common),
        .testTarget(name: "STUNTests", dependencies: ["STUN", "Integrity", "TestSupport"], swiftSettings: common),
        .testTarget(name: "IntegrityTests", dependencies: ["Integrity"], swiftSettings: common),
        .testTarget(
            name: "CredentialsTests", dependencies: ["Credentials", "STUN", "Integrity", "TestSupport"],
            swiftSettings: common),
        .testTarget(
            name: "RelayCoreTests", dependencies: ["RelayCore", "STUN", "Integrity", "Credentials"],
            swiftSettings: common),
        .testTarget(
            name: "EventLoopTests", dependencies: ["EventLoop", "RelayCore", "Credentials", "STUN", "COpenSSL"],
            swiftSettings: common),
        .testTarget(name: "KernelPathTests", dependencies: ["KernelPath", "STUN"], swiftSettings: common),
        .testTarget(
            name: "TURNClientTests", dependencies: ["TURNClient", "STUN", "Integrity", "Credentials"],
            swiftSettings: common),
        .testTarget(
            name: "LoadTests",
            dependencies: ["Load", "CBPF", "CLinux", "MediaPath", "TURNClient", "Credentials", "STUN"],
            swiftSettings: common),
        .testTarget(name: "MediaPathTests", dependencies: ["MediaPath"], swiftSettings: common),
        .testTarget(name: "ProbeTests", dependencies: ["Probe", "TURNClient", "STUN"], swiftSettings: common),
        .testTarget(
            name: "SimulationTests", dependencies: ["RelayCore", "TURNClient", "STUN", "Integrity", "Credentials"],
            swiftSettings: common),
        .testTarget(name: "ConfigurationKeysTests", dependencies: ["ConfigurationKeys"], swiftSettings: common),
        .testTarget(name: "SignalingTests", dependencies: ["Signaling"], swiftSettings: common),
        .testTarget(
            name: "LocalHTTPTests",
            dependencies: ["LocalHTTP", "TestSupport", .product(name: "Logging", package: "swift-log")],
            swiftSettings: common),
        .testTarget(
            name: "RelayServerTests",
            dependencies: [
                "RelayServer", "LocalHTTP", "ConfigurationKeys", "EventLoop", "RelayCore", "Credentials", "STUN",
                "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: common),
        .testTarget(name: "StoreTests", dependencies: ["Store"], swiftSettings: common),
        .testTarget(name: "VaultTests", dependencies: ["Vault", "Integrity"], swiftSettings: common),
        .testTarget(
            name: "CompanionTests",
            dependencies: [
                "Companion", "Store", "Vault", "Signaling", "Credentials", "Integrity",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: common),
        .testTarget(
            name: "CompanionServerTests",
            dependencies: [
                "CompanionServer", "Companion", "Store", "Vault", "Signaling", "Integrity", "STUN", "COpenSSL",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: common),
        .testTarget(
            name: "CompanionCommandTests",
            dependencies: [
                "CompanionCommand", "Companion", "ConfigurationKeys", "RelayCommand", "RelayServer", "STUN",
                "TestSupport",
                "tern",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: common),
        .testTarget(
            name: "RelayCommandTests",
            dependencies: [
                "RelayCommand", "RelayServer", "ConfigurationKeys", "EventLoop", "RelayCore", "Credentials", "STUN",
                "TestSupport", "tern",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: common),
        .testTarget(
            name: "MeasureCommandTests", dependencies: ["MeasureCommand", "Probe", "Load"], swiftSettings: common),
    ]
)
