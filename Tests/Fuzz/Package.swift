// swift-tools-version: 6.2
import PackageDescription

/// Programs that libFuzzer drives, apart from the package itself: every module in them is compiled with coverage and
/// address checks. The modules are the same files, by symbolic link. `./run` builds and runs them.
///
/// A new target is a folder `Sources/Fuzz…` with one file, a line in `targets`, and a folder in `Corpus`.
let targets: [(name: String, dependencies: [Target.Dependency])] = [
    ("FuzzSTUN", ["STUN", "Integrity"]),
    ("FuzzChannelData", ["STUN"]),
    ("FuzzStreamFraming", ["STUN"]),
    ("FuzzCredentials", ["STUN", "Integrity", "Credentials"]),
    ("FuzzRelayCore", ["STUN", "Credentials", "RelayCore", "TURNClient"]),
]

let instrumented: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    // Optimised, or a run would see a tenth of the inputs; bounds and overflow checks stay.
    .unsafeFlags(["-sanitize=fuzzer,address", "-O"]),
]

let package = Package(
    name: "tern-fuzz",
    dependencies: [.package(url: "https://github.com/apple/swift-collections", from: "1.6.0")],
    targets: [
        .target(name: "CFuzzer"),
        .target(name: "FuzzDriver", dependencies: ["CFuzzer"], swiftSettings: instrumented),
        .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(name: "STUN", swiftSettings: instrumented),
        .target(name: "Integrity", dependencies: ["COpenSSL"], swiftSettings: instrumented),
        .target(name: "Credentials", dependencies: ["STUN", "Integrity"], swiftSettings: instrumented),
        .target(
            name: "RelayCore",
            dependencies: [
                "STUN", "Integrity", "Credentials",
                .product(name: "BasicContainers", package: "swift-collections"),
            ],
            swiftSettings: instrumented),
        .target(
            name: "TURNClient", dependencies: ["STUN", "Integrity", "Credentials", "COpenSSL"],
            swiftSettings: instrumented),
    ]
        + targets.map { target in
            .executableTarget(
                name: target.name, dependencies: target.dependencies + ["FuzzDriver"],
                swiftSettings: instrumented + [.unsafeFlags(["-parse-as-library"])],
                linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])])
        })
