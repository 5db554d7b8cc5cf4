import Companion

/// A message that nobody carries away, shown to whoever started the program.
struct OutboxNote {
    let message: OutgoingMessage

    init(_ message: OutgoingMessage) { self.message = message }

    /// The message between two lines.
    var text: String {
        let body = message.body.split(separator: "\n", omittingEmptySubsequences: false).map { "  | \($0)" }
        return """
            Message to \(message.to), kept here because no mail server is set:
              | \(message.subject)
            \(body.joined(separator: "\n"))
            """
    }
}
