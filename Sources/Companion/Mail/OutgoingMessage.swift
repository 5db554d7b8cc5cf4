/// One mail or text message on its way out.
public struct OutgoingMessage: Sendable, Equatable {
    /// How it goes.
    public enum Kind: String, Sendable {
        /// As mail.
        case mail
        /// As a text message to a telephone.
        case text
    }

    /// Its id in the outbox.
    public let id: String
    /// When it was written, in milliseconds since 1970.
    public let at: Int64
    /// How it goes.
    public let kind: Kind
    /// The address or telephone number.
    public let to: String
    /// The subject; empty for text messages.
    public let subject: String
    /// The text, lines ended by `\n`.
    public let body: String
}

/// Why a message did not go.
public enum MailFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// It may go later.
    case temporary(String)
    /// It will not go.
    case permanent(String)

    /// One line.
    public var description: String {
        switch self {
        case .temporary(let reason), .permanent(let reason): reason
        }
    }
}

/// Takes messages to where they are read.
public protocol MailTransport: Sendable {
    /// Whether messages stay in the outbox for the console and the administrator's page.
    var keepsMessages: Bool { get }
    /// Sends one message; returns when the other side has taken it.
    func send(_ message: OutgoingMessage) async throws(MailFailure)
}

/// Sends nothing: messages stay in the outbox, and each is shown once, on the console of `tern up` for example.
public struct OutboxTransport: MailTransport {
    private let show: @Sendable (OutgoingMessage) -> Void

    /// Messages stay in the outbox.
    public var keepsMessages: Bool { true }

    /// A transport that hands each message to `show`.
    public init(show: @escaping @Sendable (OutgoingMessage) -> Void = { _ in }) { self.show = show }

    /// Shows the message.
    public func send(_ message: OutgoingMessage) async throws(MailFailure) { show(message) }
}
