// swift-tools-version: 6.2
import PackageDescription

let common: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

// A package of its own, so that nobody who builds the relay fetches what only measuring needs.
let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "tern", path: ".."),
        // Without its traits: they need packages that preload counters, and ours are in the program itself.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        .target(name: "CallCounts"),
        .target(
            name: "CoreDriver", dependencies: [.product(name: "RelayCore", package: "tern")], swiftSettings: common),
        .executableTarget(
            name: "CoreBenchmarks",
            dependencies: [
                "CallCounts", "CoreDriver",
                .product(name: "RelayCore", package: "tern"),
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            path: "CoreBenchmarks",
            swiftSettings: common),
        .executableTarget(
            name: "Scale", dependencies: ["CoreDriver", .product(name: "RelayCore", package: "tern")],
            swiftSettings: common),
    ]
)
