/// What a page asks of a call. Requests that need the store first (a new call, a chat message) are not among them.
public enum CallRequest: Sendable, Hashable {
    /// The callee takes the call, on the socket that says so.
    case accept
    /// The callee refuses it.
    case reject(detail: String?)
    /// The requester gives up.
    case abort(detail: String?)
    /// Either hangs up.
    case end(detail: String?)
    /// A session description for the other side.
    case description(DescriptionKind, String)
    /// A candidate for the other side; nil says that there are no more.
    case candidate(IceCandidate?)
    /// New ICE servers.
    case refreshServers
    /// The path that media takes now.
    case path(MediaPath, roundTripMilliseconds: Int?)
}

/// A reason that a page gives: a word, not a text.
public enum ReasonWord {
    /// The word when it is one: lower-case letters, digits and underscores, 32 at most; else nil.
    public static func accept(_ text: String?) -> String? {
        guard let text, (1...32).contains(text.utf8.count) else { return nil }
        let plain = text.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f }
        return plain ? text : nil
    }
}
