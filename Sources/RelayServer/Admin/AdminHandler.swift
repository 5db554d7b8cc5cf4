import Credentials
import Foundation
import LocalHTTP
import Logging
import RelayCore
import STUN

/// Answers the calls of `AdminAPI` from a `RelayControl`.
struct AdminHandler: HTTPResponder {
    let control: any RelayControl
    let logger: Logger

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        do throws(AdminFailure) {
            return try await route(request)
        } catch {
            return Self.failure(error.status, error.code, error.message)
        }
    }

    func answer(_ refusal: HTTPRefusal) -> HTTPResponse {
        Self.failure(refusal.status, refusal.code, refusal.message)
    }

    private func route(_ request: HTTPRequest) async throws(AdminFailure) -> HTTPResponse {
        guard let call = AdminCall(request.segments) else {
            throw AdminFailure(.notFound, "not-found", "there is no such call")
        }
        guard call.methods.contains(request.method) else {
            let methods = call.methods.joined(separator: ", ")
            return Self.failure(.methodNotAllowed, "method-not-allowed", "\(request.path) takes \(methods)")
                .allowing(methods)
        }
        switch call {
        case .status: return Self.answer(StatusDocument(await control.status()))
        case .sessions: return try await sessions(request)
        case .refusals: return try await refusals(request)
        case .policy(let address): return try await policy(address)
        case .counters: return Self.answer(CountersDocument(RelayMetrics.families(await control.status())))
        case .usage: return try await usage(request)
        case .end(let id): return try await end(id)
        case .revoke: return try await revoke(request.body)
        case .drain(let on): return await drain(on)
        case .reload: return try await reload()
        }
    }

    private func sessions(_ request: HTTPRequest) async throws(AdminFailure) -> HTTPResponse {
        let limit = try Self.limit(request)
        let sessions = await control.sessions(limit: limit).prefix(limit).map(SessionsDocument.Session.init)
        return Self.answer(SessionsDocument(total: await control.status().allocations, sessions: sessions))
    }

    private func refusals(_ request: HTTPRequest) async throws(AdminFailure) -> HTTPResponse {
        let limit = try Self.limit(request)
        let refusals = await control.refusals(limit: limit).prefix(limit)
        return Self.answer(RefusalsDocument(refusals: refusals.map(RefusalsDocument.Refusal.init)))
    }

    private func usage(_ request: HTTPRequest) async throws(AdminFailure) -> HTTPResponse {
        let limit = try Self.limit(request)
        let text = request.query("after") ?? "0"
        guard let sequence = Int(text), sequence >= 0 else {
            throw AdminFailure(
                .badRequest, "bad-request", "after is the sequence of the last entry that is known, or 0")
        }
        return Self.answer(UsageDocument(await control.usage(after: sequence, limit: limit)))
    }

    private func policy(_ text: String) async throws(AdminFailure) -> HTTPResponse {
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        let asked: String
        let address: TransportAddress
        if let ip = IPAddress(bare) {
            asked = ip.description
            address = TransportAddress(ip: ip, port: AdminAPI.policyPort)
        } else if let parsed = TransportAddress(text) {
            asked = parsed.description
            address = parsed
        } else {
            throw AdminFailure(
                .badRequest, "bad-address",
                "\(LogText.quotedIfNeeded(text, bytesMax: 64)) is no IP address; "
                    + "write 192.0.2.1, 192.0.2.1:443, 2001:db8::1 or [2001:db8::1]:443")
        }
        let (allowed, rule) = await control.policy(address)
        return Self.answer(PolicyDocument(address: asked, allowed: allowed, rule: rule))
    }

    private func end(_ text: String) async throws(AdminFailure) -> HTTPResponse {
        guard let id = AllocationID(text) else {
            throw AdminFailure(
                .badRequest, "bad-id", "\(LogText.quotedIfNeeded(text, bytesMax: 64)) is no session id; 1-42-7 is one")
        }
        guard await control.end(id) else {
            throw AdminFailure(.notFound, "not-found", "there is no session \(id)")
        }
        logger.notice("session ended by an administrator", metadata: ["session": "\(id)"])
        return Self.answer(ActionDocument(endedAllocations: 1))
    }

    private func revoke(_ body: [UInt8]) async throws(AdminFailure) -> HTTPResponse {
        guard let request = try? JSONDecoder().decode(RevokeRequest.self, from: Data(body)) else {
            throw AdminFailure(.badRequest, "bad-request", "the body has to be {\"name\": \"...\"}")
        }
        guard (1...AdminAPI.nameBytesMax).contains(request.name.utf8.count) else {
            throw AdminFailure(
                .badRequest, "bad-request", "a name has 1 to \(AdminAPI.nameBytesMax) bytes")
        }
        let second = request.forgetAfter ?? .max
        guard let ended = await control.revoke(request.name, forgetAfterUnixSeconds: second) else {
            throw AdminFailure(
                .insufficientStorage, "revocations-full",
                "\(RevocationList.namesMax) names are revoked, the limit; end its sessions, and put it into "
                    + "relay.revoked and reload")
        }
        return Self.answer(ActionDocument(endedAllocations: ended))
    }

    private func drain(_ on: Bool) async -> HTTPResponse {
        await control.drain(on)
        return Self.answer(ActionDocument(draining: on))
    }

    private func reload() async throws(AdminFailure) -> HTTPResponse {
        do {
            return Self.answer(ActionDocument(changes: try await control.reload()))
        } catch {
            throw AdminFailure(.unprocessableContent, "reload-failed", "\(error)")
        }
    }

    private static func limit(_ request: HTTPRequest) throws(AdminFailure) -> Int {
        guard let text = request.query("limit") else {
            return AdminAPI.listLimitDefault
        }
        guard let limit = Int(text), (1...AdminAPI.listLimitMax).contains(limit) else {
            throw AdminFailure(.badRequest, "bad-request", "limit is a number from 1 to \(AdminAPI.listLimitMax)")
        }
        return limit
    }

    private static func answer(_ document: some Encodable, _ status: HTTPStatus = .ok) -> HTTPResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Documents are made of strings, integers and finite numbers: there is nothing that cannot be encoded.
        let body = (try? encoder.encode(document)) ?? Data()
        return HTTPResponse(status, type: "application/json", body: body)
    }

    private static func failure(_ status: HTTPStatus, _ code: String, _ message: String) -> HTTPResponse {
        answer(ErrorDocument(error: ErrorDocument.Failure(code: code, message: message)), status)
    }
}

/// A call by its path.
private enum AdminCall {
    case status, sessions, refusals, counters, usage, revoke, reload
    case policy(String)
    case end(String)
    case drain(Bool)

    init?(_ segments: [String]) {
        guard segments.first == "v1" else { return nil }
        switch segments.dropFirst() {
        case ["status"]: self = .status
        case ["sessions"]: self = .sessions
        case ["refusals"]: self = .refusals
        case ["counters"]: self = .counters
        case ["usage"]: self = .usage
        case ["revoke"]: self = .revoke
        case ["drain"]: self = .drain(true)
        case ["undrain"]: self = .drain(false)
        case ["reload"]: self = .reload
        case let path where path.count == 2 && path.first == "policy": self = .policy(segments[2])
        case let path where path.count == 3 && path.first == "sessions" && path.last == "end":
            self = .end(segments[2])
        default: return nil
        }
    }

    var methods: [String] {
        switch self {
        case .status, .sessions, .refusals, .policy, .counters, .usage: ["GET", "HEAD"]
        case .end, .revoke, .drain, .reload: ["POST"]
        }
    }
}

/// A call that is answered with an error.
private struct AdminFailure: Error {
    let status: HTTPStatus
    let code: String
    let message: String

    init(_ status: HTTPStatus, _ code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }
}
