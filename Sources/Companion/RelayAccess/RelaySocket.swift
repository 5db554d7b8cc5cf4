import CCurl
import Foundation

/// A relay's administration over its Unix socket.
public struct RelaySocket: RelayAdministration {
    /// Seconds a call may take: the socket is on this machine, and the relay answers from memory.
    static let secondsMax = 5
    /// Bytes of an answer: a hundred thousand allocations.
    static let answerBytesMax = 64 << 20

    private struct ErrorDocument: Decodable {
        struct Failure: Decodable {
            let code: String
            let message: String
        }
        let error: Failure
    }

    private struct RevokeRequest: Encodable {
        let name: String
        let forgetAfter: Int64?
    }

    private struct ActionDocument: Decodable {
        let endedAllocations: Int?
    }

    private let path: String
    // Slow lists do not hold up a revocation.
    private let queue = BlockingQueue(name: "relay administration", width: 8)

    /// The relay whose admin socket is the file at `path`.
    public init(path: String) { self.path = path }

    /// See `RelayAdministration`.
    public func status() async throws(RelayFailure) -> [UInt8] { try await call("GET", "/v1/status") }

    /// See `RelayAdministration`.
    public func sessions(limit: Int) async throws(RelayFailure) -> RelaySessions {
        try decoded(try await call("GET", "/v1/sessions?limit=\(limit)"))
    }

    /// See `RelayAdministration`.
    public func end(_ allocation: String) async throws(RelayFailure) -> Bool {
        do throws(RelayFailure) {
            _ = try await call("POST", "/v1/sessions/\(Self.segment(allocation))/end")
            return true
        } catch .refused(code: "not-found", message: _) {
            return false
        } catch .refused(code: "bad-id", message: _) {
            return false
        }
    }

    /// See `RelayAdministration`.
    public func revoke(_ id: String, forgetAfterUnixSeconds: Int64?) async throws(RelayFailure) -> Int {
        let request = RevokeRequest(name: id, forgetAfter: forgetAfterUnixSeconds)
        let body = (try? JSONEncoder().encode(request)) ?? Data()
        let answer: ActionDocument = try decoded(try await call("POST", "/v1/revoke", Array(body)))
        return answer.endedAllocations ?? 0
    }

    /// See `RelayAdministration`.
    public func reload() async throws(RelayFailure) { _ = try await call("POST", "/v1/reload") }

    /// See `RelayAdministration`.
    public func usage(after sequence: Int64, limit: Int) async throws(RelayFailure) -> RelayUsage {
        try decoded(try await call("GET", "/v1/usage?after=\(sequence)&limit=\(limit)"))
    }

    private func call(_ method: String, _ target: String, _ body: [UInt8] = []) async throws(RelayFailure) -> [UInt8] {
        var transfer = Transfer(url: "http://relay" + target, protocols: "http")
        transfer.set(CURLOPT_UNIX_SOCKET_PATH, path)
        transfer.set(CURLOPT_TIMEOUT, Self.secondsMax)
        transfer.limitAnswer(bytes: Self.answerBytesMax)
        if method == "POST" {
            transfer.set(CURLOPT_POST, 1)
            transfer.set(CURLOPT_POSTFIELDSIZE, body.count)
            transfer.set(CURLOPT_HTTPHEADER, ["Content-Type: application/json", "Expect:"])
            transfer.send(body)
        }
        let answer: Transfer.Answer
        do {
            let prepared = transfer
            answer = try await queue.run { try prepared.run() }
        } catch {
            throw .unreachable("\(error)")
        }
        guard answer.status < 400 else {
            guard let document = try? JSONDecoder().decode(ErrorDocument.self, from: Data(answer.body)) else {
                throw .unexpected("status \(answer.status)")
            }
            throw .refused(code: document.error.code, message: document.error.message)
        }
        return answer.body
    }

    private func decoded<D: Decodable>(_ body: [UInt8]) throws(RelayFailure) -> D {
        do {
            return try JSONDecoder().decode(D.self, from: Data(body))
        } catch {
            throw .unexpected("\(error)")
        }
    }

    /// One path segment. The dot too: a segment of dots would be taken for a way up.
    private static func segment(_ text: String) -> String {
        PercentText.encode(text).replacingOccurrences(of: ".", with: "%2E")
    }
}
