import Companion
import HTTPTypes
import NIOHTTP1
import STUN

/// Decides who gets a WebSocket: before the connection becomes one.
struct SocketGate: Sendable {
    let sessions: any SessionKeeper
    let redeem: @Sendable (_ ticket: String, _ address: String) async throws -> Principal?
    let origins: OriginPolicy
    let limiter: RateLimiter
    let now: @Sendable () -> Int64
    /// A decision takes no longer, or it is a refusal.
    var seconds = 5

    static let path = "/ws"
    static let subprotocol = "tern.v1"
    private static let ticketBytesMax = 128

    /// The person behind the request, or the refusal that is the answer.
    ///
    /// A cookie alone is no key: browsers attach it to sockets that any page opens. A ticket alone is none either: it
    /// stands in the address, where logs see it.
    func admit(_ head: HTTPRequestHead, _ info: ConnectionInfo) async -> Result<Principal, ServiceFailure> {
        do {
            return .success(try await abandoning(afterSeconds: seconds) { try await check(head, info) })
        } catch let failure as ServiceFailure {
            return .failure(failure)
        } catch is DeadlineExceeded {
            return .failure(.busy)
        } catch {
            return .failure(.unexpected)
        }
    }

    private func check(_ head: HTTPRequestHead, _ info: ConnectionInfo) async throws -> Principal {
        let ip = info.client.ip
        if let seconds = limiter.take(.socket, of: ip.subscriber, now: now()) {
            throw ServiceFailure.tooMany(retryAfterSeconds: seconds)
        }
        guard head.method == .GET, head.uri.prefix(while: { $0 != "?" }) == Self.path else {
            throw ServiceFailure.upgradeRequired
        }
        guard let origin = head.headers.first(name: "origin"),
            origins.allows(origin: origin, host: head.headers.first(name: "host"))
        else { throw ServiceFailure.foreignOrigin }
        guard head.headers[canonicalForm: "sec-websocket-protocol"].contains(where: { $0 == Self.subprotocol }) else {
            throw ServiceFailure.upgradeRequired
        }
        let address = ip.description
        guard let token = SessionCookie.token(in: head.headers["cookie"]),
            let holder = try await sessions.authenticate(token: token, address: address),
            let ticket = Self.ticket(in: head.uri), let principal = try await redeem(ticket, address),
            principal.sessionID == holder.sessionID
        else { throw ServiceFailure.notSignedIn }
        return principal
    }

    private static func ticket(in uri: String) -> String? {
        let pairs = uri.drop { $0 != "?" }.dropFirst().split(separator: "&").filter { $0.hasPrefix("ticket=") }
        guard pairs.count == 1 else { return nil }
        let ticket = pairs[0].dropFirst("ticket=".count)
        guard (1...ticketBytesMax).contains(ticket.utf8.count) else { return nil }
        return String(ticket)
    }
}
