import Credentials
import FlyingFox
import Foundation
import Logging
import RelayCore
import STUN

/// Answers the calls of `AdminAPI` from a `RelayControl`.
struct AdminHandler: HTTPHandler {
    let control: any RelayControl
    let logger: Logger

    func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard let body = try await request.body(bytesMax: AdminAPI.requestBodyBytesMax) else {
            return Self.failure(
                .payloadTooLarge, "too-large", "a body has at most \(AdminAPI.requestBodyBytesMax) bytes")
        }
        do {
            return try await route(request, body)
        } catch let failure as AdminFailure {
            return Self.failure(failure.status, failure.code, failure.message)
        }
    }

    private func route(_ request: HTTPRequest, _ body: Data) async throws -> HTTPResponse {
        let segments = request.path.split(separator: "/", omittingEmptySubsequences: true)
            .map { $0.removingPercentEncoding ?? String($0) }
        guard segments.first == "v1" else { throw AdminFailure.noSuchCall }
        let (reads, answer): (Bool, () async throws -> HTTPResponse) =
            switch segments.dropFirst() {
            case ["status"]: (true, { Self.answer(StatusDocument(await control.status())) })
            case ["sessions"]: (true, { try await sessions(request) })
            case ["refusals"]: (true, { try await refusals(request) })
            case ["counters"]:
                (true, { Self.answer(CountersDocument(RelayMetrics.families(await control.status()))) })
            case ["usage"]: (true, { try await usage(request) })
            case let path where path.count == 2 && path.first == "policy": (true, { try await policy(segments[2]) })
            case let path where path.count == 3 && path.first == "sessions" && path.last == "end":
                (false, { try await end(segments[2]) })
            case ["revoke"]: (false, { try await revoke(body) })
            case ["drain"]: (false, { await drain(true) })
            case ["undrain"]: (false, { await drain(false) })
            case ["reload"]: (false, { try await reload() })
            default: throw AdminFailure.noSuchCall
            }
        let method: HTTPMethod = reads ? .GET : .POST
        guard request.method == method else {
            var response = Self.failure(
                .methodNotAllowed, "method-not-allowed", "\(request.path) takes \(method.rawValue)")
            response.headers[HTTPHeader("Allow")] = method.rawValue
            return response
        }
        return try await answer()
    }

    private func sessions(_ request: HTTPRequest) async throws -> HTTPResponse {
        let limit = try Self.limit(request)
        let sessions = await control.sessions(limit: limit).prefix(limit).map(SessionsDocument.Session.init)
        return Self.answer(SessionsDocument(total: await control.status().allocations, sessions: sessions))
    }

    private func refusals(_ request: HTTPRequest) async throws -> HTTPResponse {
        let limit = try Self.limit(request)
        let refusals = await control.refusals(limit: limit).prefix(limit)
        return Self.answer(RefusalsDocument(refusals: refusals.map(RefusalsDocument.Refusal.init)))
    }

    private func usage(_ request: HTTPRequest) async throws -> HTTPResponse {
        let limit = try Self.limit(request)
        let text = request.query.first(where: { $0.name == "after" })?.value ?? "0"
        guard let sequence = Int(text), sequence >= 0 else {
            throw AdminFailure(
                .badRequest, "bad-request", "after is the sequence of the last entry that is known, or 0")
        }
        return Self.answer(UsageDocument(await control.usage(after: sequence, limit: limit)))
    }

    private func policy(_ text: String) async throws -> HTTPResponse {
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

    private func end(_ text: String) async throws -> HTTPResponse {
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

    private func revoke(_ body: Data) async throws -> HTTPResponse {
        guard let request = try? JSONDecoder().decode(RevokeRequest.self, from: body) else {
            throw AdminFailure(.badRequest, "bad-request", "the body has to be {\"name\": \"...\"}")
        }
        guard (1...AdminAPI.nameBytesMax).contains(request.name.utf8.count) else {
            throw AdminFailure(
                .badRequest, "bad-request", "a name has 1 to \(AdminAPI.nameBytesMax) bytes")
        }
        let second = request.forgetAfter ?? .max
        guard let ended = await control.revoke(request.name, forgetAfterUnixSeconds: second) else {
            throw AdminFailure(
                HTTPStatusCode(507, phrase: "Insufficient Storage"), "revocations-full",
                "\(RevocationList.namesMax) names are revoked, the limit; end its sessions, and put it into "
                    + "relay.revoked and reload")
        }
        return Self.answer(ActionDocument(endedAllocations: ended))
    }

    private func drain(_ on: Bool) async -> HTTPResponse {
        await control.drain(on)
        return Self.answer(ActionDocument(draining: on))
    }

    private func reload() async throws -> HTTPResponse {
        do {
            return Self.answer(ActionDocument(changes: try await control.reload()))
        } catch {
            throw AdminFailure(.unprocessableContent, "reload-failed", "\(error)")
        }
    }

    private static func limit(_ request: HTTPRequest) throws -> Int {
        guard let text = request.query.first(where: { $0.name == "limit" })?.value else {
            return AdminAPI.listLimitDefault
        }
        guard let limit = Int(text), (1...AdminAPI.listLimitMax).contains(limit) else {
            throw AdminFailure(.badRequest, "bad-request", "limit is a number from 1 to \(AdminAPI.listLimitMax)")
        }
        return limit
    }

    private static func answer(_ document: some Encodable, _ status: HTTPStatusCode = .ok) -> HTTPResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Documents are made of strings, integers and finite numbers: there is nothing that cannot be encoded.
        let body = (try? encoder.encode(document)) ?? Data()
        return HTTPResponse(statusCode: status, headers: [.contentType: "application/json"], body: body)
    }

    private static func failure(_ status: HTTPStatusCode, _ code: String, _ message: String) -> HTTPResponse {
        answer(ErrorDocument(error: ErrorDocument.Failure(code: code, message: message)), status)
    }
}

/// A call that is answered with an error.
private struct AdminFailure: Error {
    let status: HTTPStatusCode
    let code: String
    let message: String

    init(_ status: HTTPStatusCode, _ code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    static var noSuchCall: AdminFailure { AdminFailure(.notFound, "not-found", "there is no such call") }
}
