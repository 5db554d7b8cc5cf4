import Companion

/// What the server needs of what is behind it.
struct ServerParts: Sendable {
    var routes: [Route]
    var pages = PageLibrary.embedded
    var sessions: any SessionKeeper
    /// Takes a socket's ticket; nil when it is none.
    var redeem: @Sendable (_ ticket: String, _ address: String) async throws -> Principal?
    /// Connects a new socket.
    var attach: @Sendable (Principal, SocketOutbox) async throws -> SocketLine
    /// Whether requests can be served now.
    var isReady: @Sendable () async -> Bool
}
