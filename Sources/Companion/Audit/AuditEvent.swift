/// Something that happened, or that somebody tried: what a row of the audit log says.
///
/// No secret, no text of a message, no SDP, no file name and no address of mail belongs in one; people, rooms, calls
/// and documents are named by their ids.
public struct AuditEvent: Sendable, Hashable {
    /// What kind of thing.
    public var type: AuditType
    /// Whether it happened or failed.
    public var outcome: AuditOutcome
    /// The person that did it, when known.
    public var requester: String?
    /// The person whose account it concerns, who may export the row.
    public var owner: String?
    /// The room it happened in.
    public var room: String?
    /// One line for people.
    public var message: String
    /// Further fields. Keys are in snake case.
    public var extra: [String: AuditValue]
    /// The client's address.
    public var address: String

    /// Characters of a message, and of a text in `extra`; what is longer is cut.
    public static let textMax = 512
    /// Fields in `extra`.
    public static let extraMax = 24

    /// An event.
    public init(
        type: AuditType, outcome: AuditOutcome = .success, requester: String? = nil, owner: String? = nil,
        room: String? = nil, message: String, extra: [String: AuditValue] = [:], address: String = ""
    ) {
        self.type = type
        self.outcome = outcome
        self.requester = requester
        self.owner = owner
        self.room = room
        self.message = message
        self.extra = extra
        self.address = address
    }
}

/// Whether it happened or failed.
public enum AuditOutcome: String, Sendable, Hashable, CaseIterable {
    /// It happened.
    case success
    /// It was refused, or went wrong.
    case failure
}

/// A field of `AuditEvent.extra`.
public enum AuditValue: Sendable, Hashable {
    /// Text.
    case text(String)
    /// A number.
    case integer(Int64)
    /// Yes or no.
    case flag(Bool)
}

extension AuditValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    /// Text.
    public init(stringLiteral value: String) { self = .text(value) }

    /// A number.
    public init(integerLiteral value: Int64) { self = .integer(value) }

    /// Yes or no.
    public init(booleanLiteral value: Bool) { self = .flag(value) }
}
