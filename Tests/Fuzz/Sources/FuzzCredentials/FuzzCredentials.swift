import Credentials
import FuzzDriver
import Integrity
import STUN

/// Nonces, user names, lines of the users file and requests.
@main enum FuzzCredentials {
    static func main() {
        var scene = Scene()
        runFuzzer { scene.run($0) }
    }
}

/// What stays the same between inputs, so that an input found today means the same tomorrow.
private struct Scene: ~Copyable {
    static let client = TransportAddress("192.0.2.1:40630")!
    static let now: Int64 = 1_700_000_000

    var authenticator = Authenticator(nonces: NonceIssuer(secret: Array("fuzzing".utf8)))
    let directory = try! CredentialDirectory(
        realm: "example.test", users: [try! UserRecord(name: "alice", realm: "example.test", password: "secret")],
        secrets: [SharedSecret(text: "north", label: "1")])

    /// The first byte chooses what the others are.
    mutating func run(_ input: RawSpan) {
        guard input.byteCount > 0 else { return }
        let rest = input.extracting(droppingFirst: 1)
        switch input.uint8(at: 0) % 5 {
        case 0: nonce(rest)
        case 1: username(rest)
        case 2: line(rest)
        case 3: request(rest)
        default: sealed(rest)
        }
    }

    private mutating func nonce(_ bytes: RawSpan) {
        _ = SecurityFeatures(nonce: bytes)
        var mac = MessageAuthenticator()
        let verdict = authenticator.nonces.verify(
            bytes, for: Self.client, unixSeconds: Self.now, features: .passwordAlgorithms, offer: .sha256AndMD5,
            using: &mac)
        precondition(mac.computations == 1)
        // Nobody guesses a nonce under a key; those in the corpus are genuine.
        if verdict != .foreign { precondition(bytes.byteCount == NonceIssuer.byteCount) }
    }

    private func username(_ bytes: RawSpan) {
        let escaped = LogText.escape(bytes)
        precondition(!escaped.utf8.contains { $0 < 0x20 || $0 == 0x7F })
        guard let name = bytes.text() else { return }
        if let parsed = TimeLimitedCredential.parse(username: name) {
            precondition(parsed.expiresAtUnixSeconds >= 0)
            if let id = parsed.id { precondition(name.utf8.count > id.utf8.count) }
        }
        if let prepared = try? OpaqueString.prepare(name) {
            precondition(!prepared.isEmpty)
            precondition(try! OpaqueString.prepare(prepared).utf8.elementsEqual(prepared.utf8))
            let record = try! UserRecord(name: name, realm: "r", password: name)
            precondition(UserRecord(line: record.line) == record)
        }
    }

    private func line(_ bytes: RawSpan) {
        guard let line = bytes.text(), let record = UserRecord(line: line) else { return }
        precondition(UserRecord(line: record.line) == record)
    }

    private mutating func request(_ datagram: RawSpan) {
        guard let index = try? MessageIndex.parse(datagram) else { return }
        _ = MessageSeal.hasValidFingerprint(datagram, index)
        if let list = index.passwordAlgorithms { _ = PasswordAlgorithm.first(in: list, of: datagram) }
        let verdict = authenticator.authenticate(
            datagram, index, from: Self.client, unixSeconds: Self.now, directory: directory)
        guard case .refused(let code, let reason) = verdict else { return }
        precondition(!reason.text.utf8.contains { $0 < 0x20 || $0 == 0x7F })
        var bytes = [UInt8](repeating: 0xEE, count: 256)
        var elements = bytes.mutableSpan
        var buffer = elements.mutableBytes
        let count = authenticator.writeRefusal(
            code, of: index, to: Self.client, unixSeconds: Self.now, directory: directory, into: &buffer)
        precondition(count > 0)
        _ = try! MessageIndex.parse(buffer.bytes.extracting(0..<count))
    }

    /// Attributes chosen by the input under an integrity that is right: the code behind the check is reached.
    private mutating func sealed(_ bytes: RawSpan) {
        var storage = [UInt8](repeating: 0, count: bytes.byteCount + 128)
        var elements = storage.mutableSpan
        var buffer = elements.mutableBytes
        var writer = MessageWriter(MessageType(.allocate, .request), TransactionID(high: 1, low: 2), into: &buffer)
        var offset = 0
        while offset + 2 <= bytes.byteCount {
            let types: [AttributeType] = [
                .username, .userhash, .realm, .nonce, .passwordAlgorithms, .passwordAlgorithm, .lifetime, .data,
            ]
            let type = types[Int(bytes.uint8(at: offset) & 7)]
            let count = min(Int(bytes.uint8(at: offset + 1)), bytes.byteCount - offset - 2)
            writer.append(type, bytes.extracting(offset + 2..<offset + 2 + count), into: &buffer)
            offset += 2 + count
        }
        guard !writer.overflowed else { return }
        let key = directory.key(ofUser: "alice")!
        var mac = MessageAuthenticator()
        MessageSeal.appendIntegrity(.sha1, key: key.md5.span, to: &writer, using: &mac, into: &buffer)
        MessageSeal.appendFingerprint(to: &writer, into: &buffer)
        guard !writer.overflowed else { return }
        let datagram = buffer.bytes.extracting(0..<writer.count)
        let index = try! MessageIndex.parse(datagram)
        precondition(MessageSeal.hasValidFingerprint(datagram, index))
        precondition(MessageSeal.verifyIntegrity(datagram, index, key: key.md5.span, using: &mac))
        if case .authenticated(let who) = authenticator.authenticate(
            datagram, index, from: Self.client, unixSeconds: Self.now, directory: directory)
        {
            precondition(who.username == "alice")
        }
    }
}
