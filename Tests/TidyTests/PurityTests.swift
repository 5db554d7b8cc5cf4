import Testing

/// The modules below the event loop ask nothing of the system: time, randomness and addresses are arguments.
@Suite("Purity")
struct PurityTests {
    static let pure = ["STUN", "Integrity", "Credentials", "RelayCore", "Signaling"]

    /// What would read a clock, a random source, the environment or a file, or write somewhere.
    static let banned = [
        "ContinuousClock", "SuspendingClock", "clock_gettime", "gettimeofday", "DispatchTime", "Date(", "Task.sleep",
        "SystemRandomNumberGenerator", "arc4random", "getrandom", ".randomElement()", ".shuffled()", "ProcessInfo",
        "getenv", "FileManager", "CommandLine", " print(", "Thread", "Task {",
    ]

    @Test("no clock, no randomness, no environment", arguments: pure)
    func asksNothing(_ module: String) {
        let files = SourceTree.files(in: "Sources/\(module)")
        #expect(!files.isEmpty)
        for file in files {
            for (number, text) in file.code {
                for word in Self.banned where text.contains(word) {
                    Issue.record("\(file.name):\(number): \(module) may not use \(word)")
                }
                if text.contains(".random(in:"), !text.contains("using:") {
                    Issue.record("\(file.name):\(number): random numbers come from an argument (using:)")
                }
            }
        }
    }

    static let unsafe = ["unsafe ", "unsafe(", "Unsafe", "unchecked"]

    @Test(
        "what reads bytes from the network holds nothing unsafe",
        arguments: ["STUN", "Credentials", "RelayCore", "Signaling"])
    func nothingUnsafe(_ module: String) {
        for file in SourceTree.files(in: "Sources/\(module)") {
            for (number, text) in file.code where Self.unsafe.contains(where: text.contains) {
                // `@unchecked Sendable` says something about threads, not about memory.
                guard !text.contains("@unchecked Sendable") else { continue }
                Issue.record("\(file.name):\(number): \(text.drop { $0 == " " })")
            }
        }
    }
}
