/// Why a relay could not start, or had to stop: one line that names the cause and the remedy. Exit code 1.
public struct StartFailure: Error, CustomStringConvertible, Sendable {
    /// The line.
    public let description: String

    /// A failure for this reason.
    public init(_ description: String) { self.description = description }
}
