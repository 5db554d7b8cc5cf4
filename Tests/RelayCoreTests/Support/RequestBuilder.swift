import Credentials
import Integrity
import STUN

/// Builds one message, attribute by attribute, in the order of the calls.
struct RequestBuilder {
    private var buffer: [UInt8]
    private var writer: MessageWriter

    init(_ method: STUN.Method, _ kind: MessageClass = .request, id: TransactionID) {
        var buffer = [UInt8](repeating: 0xAA, count: 2048)
        var bytes = buffer.mutableSpan
        var raw = bytes.mutableBytes
        writer = MessageWriter(MessageType(method, kind), id, into: &raw)
        self.buffer = buffer
    }

    /// The message as it stands.
    var bytes: [UInt8] { Array(buffer[..<writer.count]) }

    mutating func add(_ body: (inout MessageWriter, inout MutableRawSpan) -> Void) {
        var writer = writer
        var bytes = buffer.mutableSpan
        var raw = bytes.mutableBytes
        body(&writer, &raw)
        self.writer = writer
    }

    mutating func transport(_ number: UInt8 = 17) { add { $0.append(requestedTransport: number, into: &$1) } }
    mutating func lifetime(_ seconds: UInt32) { add { $0.append(.lifetime, uint32: seconds, into: &$1) } }
    mutating func family(_ family: AddressFamily) {
        add { $0.append(.requestedAddressFamily, family: family, into: &$1) }
    }
    mutating func additional(_ family: AddressFamily) {
        add { $0.append(.additionalAddressFamily, family: family, into: &$1) }
    }
    mutating func evenPort(reserve: Bool) { add { $0.append(.evenPort, uint8: reserve ? 0x80 : 0, into: &$1) } }
    mutating func token(_ token: UInt64) { add { $0.append(.reservationToken, uint64: token, into: &$1) } }
    mutating func peer(_ peer: TransportAddress) { add { $0.append(.xorPeerAddress, xor: peer, into: &$1) } }
    mutating func channel(_ number: UInt16) { add { $0.append(channelNumber: number, into: &$1) } }
    mutating func data(_ bytes: [UInt8]) { add { $0.append(.data, bytes.span, into: &$1) } }
    mutating func dontFragment() { add { $0.append(flag: .dontFragment, into: &$1) } }
    mutating func attribute(_ type: UInt16, _ bytes: [UInt8] = []) {
        add { $0.append(AttributeType(rawValue: type), bytes.span, into: &$1) }
    }
    mutating func fingerprint() { add { MessageSeal.appendFingerprint(to: &$0, into: &$1) } }

    mutating func credentials(
        _ login: Login, nonce: [UInt8], _ kind: IntegrityKind = .sha1, algorithm: PasswordAlgorithm = .md5
    ) {
        add { writer, raw in
            writer.append(.username, text: login.username, into: &raw)
            writer.append(.realm, text: login.realm, into: &raw)
            writer.append(.nonce, nonce.span, into: &raw)
            if algorithm == .sha256 {
                PasswordAlgorithmOffer.sha256AndMD5.append(to: &writer, into: &raw)
                PasswordAlgorithm.sha256.append(to: &writer, into: &raw)
            }
            var mac = MessageAuthenticator()
            switch algorithm {
            case .md5:
                MessageSeal.appendIntegrity(kind, key: login.key.md5.span, to: &writer, using: &mac, into: &raw)
            case .sha256:
                MessageSeal.appendIntegrity(kind, key: login.key.sha256.span, to: &writer, using: &mac, into: &raw)
            }
        }
    }
}

/// A user name with its password.
struct Login {
    let username: String
    let realm: String
    let key: LongTermKey

    init(_ username: String, _ password: String, realm: String = "example.test") {
        self.username = username
        self.realm = realm
        key = LongTermKey(preparedUsername: username, realm: realm, password: password)
    }

    static let alice = Login("alice", "secret")
    static let bob = Login("bob", "hunter2")

    /// A time-limited credential of the fixture's secret with this label.
    static func ticket(id: String?, expires: Int64, label: String = "standard") -> Login {
        let secret = SharedSecret(text: "shared " + label, label: label)
        let issued = TimeLimitedCredential.issue(secret: secret, id: id, expiresAtUnixSeconds: expires)
        return Login(issued.username, issued.password)
    }
}
