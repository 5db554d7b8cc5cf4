/// Why there is no kernel path, in one line: what is missing, and how to get it.
public struct KernelPathFailure: Error, CustomStringConvertible, Sendable {
    /// The line.
    public let description: String
    /// What the kernel's verifier said when it refused the program; empty for other causes.
    public let verifierLog: String

    init(_ description: String, verifierLog: String = "") {
        self.description = description
        self.verifierLog = verifierLog
    }
}
