// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "tern", path: "..")],
    targets: [
        .executableTarget(
            name: "CoreBenchmark", dependencies: [.product(name: "RelayCore", package: "tern")],
            swiftSettings: [.swiftLanguageMode(.v6)])
    ]
)
