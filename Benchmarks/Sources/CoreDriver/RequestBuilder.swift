public import Credentials
import Integrity
public import STUN

/// Writes the requests of sessions as a client does.
public struct RequestBuilder: ~Copyable {
    /// The realm of the relay.
    public static let realm = "example.test"
    /// The secret that credentials are made with.
    public static let secret = SharedSecret(text: "benchmark", label: "benchmark")

    private var mac = MessageAuthenticator()
    private var random = SplitMix(seed: 11)

    /// A builder whose transaction identifiers are the same every time.
    public init() {}

    /// The request `method` of a session.
    ///
    /// - Parameters:
    ///   - nonce: the relay's; without one the request has no credentials.
    ///   - channel: ChannelBind: which of the session's channels, from 0 on.
    ///   - lifetime: Refresh: the seconds asked for.
    public mutating func request(
        _ method: Method, of session: Session, nonce: [UInt8]?, channel: Int = 0, lifetime: UInt32? = nil
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 512)
        var span = bytes.mutableSpan
        var buffer = span.mutableBytes
        var writer = MessageWriter(
            MessageType(method, .request), TransactionID(high: 1, low: random.next()), into: &buffer)
        switch method {
        case .channelBind:
            writer.append(channelNumber: 0x4000 + UInt16(channel), into: &buffer)
            writer.append(.xorPeerAddress, xor: session.peer(channel), into: &buffer)
        case .allocate: writer.append(requestedTransport: 17, into: &buffer)
        case .createPermission: writer.append(.xorPeerAddress, xor: session.peer(channel), into: &buffer)
        case .refresh: if let lifetime { writer.append(.lifetime, uint32: lifetime, into: &buffer) }
        default: break
        }
        if let nonce { seal(&writer, session.username, nonce, into: &buffer) }
        let count = writer.count
        return Array(bytes.prefix(count))
    }

    private mutating func seal(
        _ writer: inout MessageWriter, _ username: String, _ nonce: [UInt8], into buffer: inout MutableRawSpan
    ) {
        let password = TimeLimitedCredential.password(for: username, secret: Self.secret, using: &mac)
        let key = LongTermKey(preparedUsername: username, realm: Self.realm, password: password)
        writer.append(.username, text: username, into: &buffer)
        writer.append(.realm, text: Self.realm, into: &buffer)
        writer.append(.nonce, nonce.span, into: &buffer)
        MessageSeal.appendIntegrity(.sha1, key: key.md5.span, to: &writer, using: &mac, into: &buffer)
    }

    /// A Send indication of a session to its first peer, with `payload` bytes.
    public mutating func sendIndication(of session: Session, payload: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 2_048)
        var span = bytes.mutableSpan
        var buffer = span.mutableBytes
        var writer = MessageWriter(
            MessageType(.send, .indication), TransactionID(high: 1, low: random.next()), into: &buffer)
        writer.append(.xorPeerAddress, xor: session.peer(), into: &buffer)
        _ = writer.reserve(.data, byteCount: payload, into: &buffer)
        let count = writer.count
        return Array(bytes.prefix(count))
    }
}
