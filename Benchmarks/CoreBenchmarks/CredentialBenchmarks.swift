import Benchmark
import CoreDriver
import Credentials
import Integrity
import STUN

/// The codes over whole messages.
func registerIntegrity() {
    for (name, kind) in [("integrity-sha1", IntegrityKind.sha1), ("integrity-sha256", .sha256(count: 32))] {
        register(name, scale: .kilo) { benchmark, count in
            let key = LongTermKey(preparedUsername: "alice", realm: RequestBuilder.realm, password: "secret")
            let request = sealedRefresh(username: "alice", kind, key, nonce: [UInt8](repeating: 7, count: 32))
            guard let index = try? MessageIndex.parse(request.span.bytes) else { fatalError("not parsed") }
            var mac = MessageAuthenticator()
            Calls.count(in: benchmark) {
                for _ in 0..<count {
                    let isRight = MessageSeal.verifyIntegrity(
                        request.span.bytes, index, key: key.md5.span, using: &mac)
                    precondition(isRight)
                }
            }
        }
    }
}

/// Who a request comes from: nonce, user and integrity.
func registerCredentials() {
    register("credential-user", scale: .one) { benchmark, count in
        checkCredential(of: "alice", password: "secret", benchmark, count)
    }
    register("credential-time-limited", scale: .one) { benchmark, count in
        let issued = TimeLimitedCredential.issue(
            secret: RequestBuilder.secret, id: "room42", expiresAtUnixSeconds: 4_000_000_000)
        checkCredential(of: issued.username, password: issued.password, benchmark, count)
    }
}

private func checkCredential(of username: String, password: String, _ benchmark: Benchmark, _ count: Int) {
    let realm = RequestBuilder.realm
    guard let user = try? UserRecord(name: "alice", realm: realm, password: "secret"),
        let directory = try? CredentialDirectory(realm: realm, users: [user], secrets: [RequestBuilder.secret])
    else { fatalError("no directory") }
    let client = Session(0).client
    let now: Int64 = 1_700_000_000
    var authenticator = Authenticator(nonces: NonceIssuer(secret: Array(0..<32)))

    var bytes = [UInt8](repeating: 0, count: 512)
    var span = bytes.mutableSpan
    var buffer = span.mutableBytes
    var challenge = MessageWriter(
        MessageType(.refresh, .error), TransactionID(high: 1, low: 1), into: &buffer)
    authenticator.appendChallenge(
        to: &challenge, for: client, unixSeconds: now, directory: directory, into: &buffer)
    let end = challenge.count
    guard let offered = try? MessageIndex.parse(bytes.span.bytes.extracting(0..<end)), let nonce = offered.nonce else {
        fatalError("no nonce")
    }
    let key = LongTermKey(preparedUsername: username, realm: realm, password: password)
    let request = sealedRefresh(username: username, .sha1, key, nonce: Array(bytes[nonce.range]))
    guard let index = try? MessageIndex.parse(request.span.bytes) else { fatalError("not parsed") }
    Calls.count(in: benchmark) {
        for _ in 0..<count {
            let verdict = authenticator.authenticate(
                request.span.bytes, index, from: client, unixSeconds: now, directory: directory)
            guard case .authenticated = verdict else { fatalError("\(verdict)") }
        }
    }
}

/// A Refresh with MESSAGE-INTEGRITY of either kind, the MD5 key in both.
private func sealedRefresh(username: String, _ kind: IntegrityKind, _ key: LongTermKey, nonce: [UInt8]) -> [UInt8] {
    var mac = MessageAuthenticator()
    var bytes = [UInt8](repeating: 0, count: 512)
    var span = bytes.mutableSpan
    var buffer = span.mutableBytes
    var writer = MessageWriter(MessageType(.refresh, .request), TransactionID(high: 1, low: 1), into: &buffer)
    writer.append(.lifetime, uint32: 600, into: &buffer)
    writer.append(.username, text: username, into: &buffer)
    writer.append(.realm, text: RequestBuilder.realm, into: &buffer)
    writer.append(.nonce, nonce.span, into: &buffer)
    MessageSeal.appendIntegrity(kind, key: key.md5.span, to: &writer, using: &mac, into: &buffer)
    let count = writer.count
    return Array(bytes.prefix(count))
}
