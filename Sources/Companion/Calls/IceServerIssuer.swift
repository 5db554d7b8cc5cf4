public import Signaling

/// Issues ICE servers with a relay credential for one person in one call.
public protocol IceServerIssuer: Sendable {
    /// Servers for `principal` in a call of a room, with a credential that expires by itself.
    func issue(for principal: Principal, room: String, call: String) async throws -> IceServers
}

extension RelayAccessService: IceServerIssuer {}

/// Tells people what has changed.
public protocol Announcer: Sendable {
    /// Sends a message to every socket of some people.
    func announce(_ message: ServerMessage, to people: [String]) async
}
