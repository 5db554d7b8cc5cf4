import Credentials
import Integrity
import STUN
import TestSupport

/// Where the client of these tests is.
let client = TransportAddress("192.0.2.1:40630")!
/// When these tests happen.
let now: Int64 = 1_700_000_000

/// A relay's side and a client's side of the long-term mechanism.
struct Exchange: ~Copyable {
    var directory: CredentialDirectory
    var authenticator = Authenticator(nonces: NonceIssuer(lifetimeSeconds: 600))

    init(
        users: [(String, String)] = [("alice", "secret")], secrets: [String] = ["north", "south"],
        policy: CredentialPolicy = CredentialPolicy(), separator: UInt8 = UInt8(ascii: ":")
    ) throws {
        directory = try CredentialDirectory(
            realm: "example.test",
            users: try users.map { try UserRecord(name: $0.0, realm: "example.test", password: $0.1) },
            secrets: secrets.enumerated().map { SharedSecret(text: $1, label: "secret \($0)") },
            separator: separator, policy: policy)
    }

    /// What a first request is answered with.
    mutating func challenge(to client: TransportAddress = client, at time: Int64 = now) throws -> Challenge {
        let request = message { $0.append(requestedTransport: 17, into: &$1) }
        let answer = answer(.unauthenticated, try parse(request), to: client, at: time)
        let index = try parse(answer)
        let bytes = answer.span.bytes
        return Challenge(
            nonce: bytes.extracting(index.nonce!.range).copied(), realm: bytes.extracting(index.realm!.range).text()!,
            algorithms: bytes.extracting(index.passwordAlgorithms!.range).copied())
    }

    mutating func answer(
        _ code: ErrorCode, _ index: MessageIndex, to client: TransportAddress = client, at time: Int64 = now
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xEE, count: 600)
        var elements = bytes.mutableSpan
        var buffer = elements.mutableBytes
        let count = authenticator.writeRefusal(
            code, of: index, to: client, unixSeconds: time, directory: directory, into: &buffer)
        return Array(bytes[..<count])
    }

    mutating func check(
        _ bytes: [UInt8], from client: TransportAddress = client, at time: Int64 = now, grace: Int64 = 0
    ) throws -> AuthenticationVerdict {
        authenticator.authenticate(
            bytes.span.bytes, try parse(bytes), from: client, unixSeconds: time, directory: directory,
            graceSeconds: grace)
    }
}

struct Challenge {
    var nonce: [UInt8]
    var realm: String
    var algorithms: [UInt8]
}

/// A request as a client makes it, each part of which can be left out or be another.
struct Request {
    var username: [UInt8]? = Array("alice".utf8)
    var userhash: [UInt8]?
    var realm: String? = "example.test"
    var nonce: [UInt8]?
    var algorithms: [UInt8]?
    var algorithm: [UInt8]?
    var integrity: [IntegrityKind] = [.sha1]
    var key: LongTermKey
    var keyIsSHA256 = false
    var fingerprint = false

    init(_ challenge: Challenge, _ username: String = "alice", _ password: String = "secret") {
        self.username = Array(username.utf8)
        nonce = challenge.nonce
        key = LongTermKey(preparedUsername: username, realm: challenge.realm, password: password)
    }

    /// The client of RFC 8489 that takes the first algorithm it is offered.
    mutating func useSHA256(_ challenge: Challenge, count: Int = 32) {
        algorithms = challenge.algorithms
        algorithm = [0, 2, 0, 0]
        integrity = [.sha256(count: count)]
        keyIsSHA256 = true
    }

    var bytes: [UInt8] {
        message { writer, buffer in
            writer.append(requestedTransport: 17, into: &buffer)
            if let username { writer.append(.username, username.span, into: &buffer) }
            if let userhash { writer.append(.userhash, userhash.span, into: &buffer) }
            if let realm { writer.append(.realm, text: realm, into: &buffer) }
            if let nonce { writer.append(.nonce, nonce.span, into: &buffer) }
            if let algorithms { writer.append(.passwordAlgorithms, algorithms.span, into: &buffer) }
            if let algorithm { writer.append(.passwordAlgorithm, algorithm.span, into: &buffer) }
            var mac = MessageAuthenticator()
            for kind in integrity {
                let bytes = keyIsSHA256 ? Array(copying: key.sha256.span) : Array(copying: key.md5.span)
                MessageSeal.appendIntegrity(kind, key: bytes.span, to: &writer, using: &mac, into: &buffer)
            }
            if fingerprint { MessageSeal.appendFingerprint(to: &writer, into: &buffer) }
        }
    }
}

extension Array where Element == UInt8 {
    init(copying span: Span<UInt8>) { self = span.indices.map { span[$0] } }
}

func refusal(_ verdict: AuthenticationVerdict) -> (code: UInt16, reason: Refusal)? {
    if case .refused(let code, let reason) = verdict { (code.rawValue, reason) } else { nil }
}

func identity(_ verdict: AuthenticationVerdict) -> Identity? {
    if case .authenticated(let identity) = verdict { identity } else { nil }
}
