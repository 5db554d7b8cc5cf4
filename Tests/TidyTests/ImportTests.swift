import Testing

/// Which module may know which: every arrow that is not in the table is an error.
@Suite("Imports")
struct ImportTests {
    /// Module to what it may import. The standard library's own modules are in `everywhere`.
    static let arrows: [String: Set<String>] = [
        "STUN": [],
        "Integrity": ["COpenSSL"],
        "Credentials": ["STUN", "Integrity"],
        "RelayCore": ["STUN", "Integrity", "Credentials", "BasicContainers"],
        "Signaling": [],
        "KernelPath": ["CBPF", "STUN", "Glibc", "Dispatch", "Foundation"],
        "TURNClient": ["STUN", "Integrity", "Credentials", "COpenSSL", "Glibc"],
        "Probe": ["TURNClient", "Credentials", "Integrity", "STUN", "CResolver", "CCurl", "Foundation", "Glibc"],
        "MediaPath": ["COpenSSL", "CSRTP", "Glibc"],
        "Load": [
            "CLinux", "CBPF", "COpenSSL", "MediaPath", "TURNClient", "Credentials", "Integrity", "STUN", "HeapModule",
            "Histogram", "Foundation", "Glibc",
        ],
        "EventLoop": ["CLinux", "COpenSSL", "STUN", "RelayCore", "Glibc"],
        "ConfigurationKeys": ["Yams", "Foundation", "Glibc"],
        "LocalHTTP": ["NIOCore", "NIOPosix", "NIOHTTP1", "Logging", "Foundation", "Glibc"],
        "RelayServer": [
            "ConfigurationKeys", "EventLoop", "KernelPath", "LocalHTTP", "RelayCore", "Credentials", "Integrity",
            "STUN",
            "CLinux", "COpenSSL", "Logging", "Dispatch", "Foundation", "Glibc",
        ],
        "Store": ["GRDB", "Foundation"],
        "Vault": ["Integrity", "CArgon2", "Foundation", "Dispatch", "Glibc"],
        "Companion": [
            "Store", "Vault", "Signaling", "Credentials", "Integrity", "STUN", "CCurl", "CQRCode", "Logging",
            "Foundation", "Dispatch", "Glibc",
        ],
        "CompanionServer": [
            "Companion", "Store", "Vault", "Signaling", "Credentials", "Integrity", "STUN", "CPages", "Hummingbird",
            "HummingbirdCore", "HTTPTypes", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket", "NIOHTTPTypes",
            "NIOHTTPTypesHTTP1", "NIOSSL", "Logging", "Foundation", "Glibc",
        ],
        "RelayCommand": [
            "RelayServer", "ConfigurationKeys", "Credentials", "ArgumentParser", "Foundation", "Glibc",
        ],
        "MeasureCommand": [
            "RelayCommand", "Probe", "Load", "MediaPath", "TURNClient", "Credentials", "STUN", "ArgumentParser",
            "Foundation", "Glibc",
        ],
        "CompanionCommand": [
            "RelayCommand", "RelayServer", "Companion", "CompanionServer", "ConfigurationKeys", "Credentials", "Store",
            "Vault", "STUN", "ArgumentParser", "Logging", "Dispatch", "Foundation", "Glibc",
        ],
        "tern": ["CompanionCommand", "MeasureCommand", "RelayCommand", "ArgumentParser"],
        "tern-relay": ["RelayCommand", "ArgumentParser"],
        "CLinux": [], "COpenSSL": [], "CResolver": [], "CArgon2": [], "CCurl": [], "CQRCode": [], "CPages": [],
        "CBPF": [], "CSRTP": [],
    ]
    static let everywhere: Set<String> = ["Synchronization"]

    @Test("no module imports upward", arguments: SourceTree.folders(in: "Sources"))
    func arrows(of module: String) throws {
        let allowed = try #require(Self.arrows[module], "\(module) is new: give it a row in the table above")
        for file in SourceTree.files(in: "Sources/\(module)") {
            for (number, imported) in file.imports where !allowed.union(Self.everywhere).contains(imported) {
                Issue.record("\(file.name):\(number): \(module) may not import \(imported)")
            }
        }
    }

    @Test("the table names no module that is gone")
    func tableIsCurrent() {
        #expect(Set(Self.arrows.keys) == Set(SourceTree.folders(in: "Sources")))
    }

    static let cModules = ["CLinux", "COpenSSL", "CResolver", "CArgon2", "CCurl", "CQRCode", "CPages", "CBPF", "CSRTP"]

    @Test("C modules include the system's headers and their own only", arguments: cModules)
    func includes(of module: String) {
        let files = SourceTree.files(in: "Sources/\(module)", extensions: ["h", "c"])
        let own = Set(files.map { $0.name.split(separator: "/").last! })
        for file in files {
            for (index, line) in file.lines.enumerated() {
                guard let match = line.firstMatch(of: /^ *# *include +"([^"]+)"/) else { continue }
                let included = match.output.1.split(separator: "/").last!
                #expect(own.contains(included), "\(file.name):\(index + 1): includes \(match.output.1)")
            }
        }
        #expect(!files.isEmpty)
    }

    @Test("an import is found in each of its forms")
    func importForms() throws {
        let forms = [
            "import A", "public import A", "@testable import A", "internal import struct A.B",
            "@preconcurrency import A", "@_spi(C) public import A",
        ]
        for form in forms {
            #expect(SourceFile(text: form).imports.map(\.module) == ["A"], "\(form)")
        }
        #expect(SourceFile(text: "// import A\nlet text = \"import A\"").imports.isEmpty)
    }
}
