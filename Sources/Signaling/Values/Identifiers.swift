/// An opaque identifier of one kind of thing: nothing is read out of it, and one kind is not taken for another.
public struct ID<Subject>: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The identifier as the store and the wire write it.
    public let text: String

    /// An identifier of its text.
    public init(_ text: String) { self.text = text }

    /// The text.
    public var description: String { text }

    /// The order of the texts: what is done for many is done in an order that a test can repeat.
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

/// What identifiers can name. No values: only the kinds.
public enum Subject {
    /// A person with an account.
    public enum Person {}
    /// A sign-in of a person: what a cookie stands for.
    public enum Session {}
    /// A socket of a page. It survives the loss of its connection.
    public enum Socket {}
    /// The secret with which a socket is taken up again.
    public enum Resumption {}
    /// A room.
    public enum Room {}
    /// A call.
    public enum Call {}
}

/// A person.
public typealias PersonID = ID<Subject.Person>
/// A sign-in.
public typealias SessionID = ID<Subject.Session>
/// A socket of a page.
public typealias SocketID = ID<Subject.Socket>
/// The secret that resumes a socket.
public typealias ResumeKey = ID<Subject.Resumption>
/// A room.
public typealias RoomID = ID<Subject.Room>
/// A call.
public typealias CallID = ID<Subject.Call>

/// One connection that carries frames; never used twice.
public struct ConnectionID: Hashable, Sendable {
    /// Counted by whoever accepts connections.
    public let number: UInt64

    /// A connection of its number.
    public init(_ number: UInt64) { self.number = number }
}
