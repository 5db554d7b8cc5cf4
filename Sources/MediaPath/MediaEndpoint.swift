/// One end of a media session: a DTLS handshake, then RTP packets under the keys that came of it [RFC 5764].
///
/// It has no socket. The owner carries datagrams, calls `retransmit` in time, and sends what `takeOutputs` returns.
public final class MediaEndpoint {
    /// Which end begins the handshake.
    public enum Role: Sendable {
        /// It sends the first message.
        case client
        /// It waits for it.
        case server
    }

    /// Why there are no keys.
    public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// The handshake came to nothing, in OpenSSL's words.
        case handshake(String)
        /// The other end has another certificate than was signalled: it is not who it should be.
        case fingerprint(signalled: CertificateFingerprint, seen: CertificateFingerprint?)
        /// No protection profile in common.
        case noProfile

        /// One line.
        public var description: String {
            switch self {
            case .handshake(let reason): "the DTLS handshake failed: \(reason)"
            case .fingerprint(let signalled, let seen):
                "got the certificate \(seen?.short ?? "none") and was promised \(signalled.short)"
            case .noProfile: "the other end does not know the SRTP profile"
            }
        }
    }

    /// How far it is.
    public enum State: Hashable, Sendable {
        /// Messages of the handshake are under way.
        case handshaking
        /// The other end is who it should be; packets may be sent.
        case ready
        /// It is over.
        case failed(Failure)
    }

    /// Why a packet of media was not accepted.
    public enum Rejection: Hashable, Sendable {
        /// Its tag is wrong: altered, or made with other keys.
        case authentication
        /// It was accepted before, or is too old to tell.
        case replay
        /// It is no RTP, or came before there were keys.
        case malformed
    }

    /// What a datagram was.
    public enum Arrival: Hashable, Sendable {
        /// A message of the handshake.
        case handshake
        /// A packet of media, opened.
        case media(RTPHeader, payload: [UInt8])
        /// A packet of media that was not accepted; `source` is what its header names, if it has one.
        case rejected(Rejection, source: UInt32?)
        /// Neither of them [RFC 7983].
        case other
    }

    /// How far it is.
    public private(set) var state = State.handshaking
    private let dtls: DTLSEndpoint
    private let role: Role
    private let profile: SRTPProfile
    private let expected: CertificateFingerprint
    private var protection: Protection?

    /// The contexts of both directions.
    private final class Protection {
        let inbound: SRTPContext
        let outbound: SRTPContext

        init?(_ keys: SRTPKeys, _ profile: SRTPProfile, _ role: Role) {
            let (own, theirs) = role == .client ? (keys.client, keys.server) : (keys.server, keys.client)
            guard let inbound = SRTPContext(profile, masterKey: theirs, direction: .inbound) else { return nil }
            guard let outbound = SRTPContext(profile, masterKey: own, direction: .outbound) else { return nil }
            self.inbound = inbound
            self.outbound = outbound
        }
    }

    /// An end with this identity that talks to nobody but the owner of the certificate `expected`. Nil when OpenSSL
    /// has no room for it.
    public init?(
        _ context: DTLSContext, _ identity: DTLSIdentity, role: Role, expecting expected: CertificateFingerprint
    ) {
        guard let dtls = DTLSEndpoint(context, identity, role == .client ? .client : .server) else { return nil }
        self.dtls = dtls
        self.role = role
        self.expected = expected
        profile = context.profile
    }

    // MARK: - Datagrams

    /// Begins the handshake.
    public func start() { dtls.start() }

    /// Takes a datagram.
    public func receive(_ datagram: [UInt8]) -> Arrival {
        // The first byte tells DTLS from SRTP [RFC 7983 7].
        switch datagram.first ?? 0 {
        case 20...63:
            dtls.receive(datagram)
            advance()
            return .handshake
        case 128...191: return open(datagram)
        default: return .other
        }
    }

    /// What is to be sent, oldest first.
    public func takeOutputs() -> [[UInt8]] { dtls.takeOutputs() }

    /// Milliseconds until `retransmit` is to be called; nil when nothing is awaited.
    public var timeout: UInt64? { state == .handshaking ? dtls.timeout : nil }

    /// Repeats what was not answered.
    public func retransmit() {
        dtls.retransmit()
        advance()
    }

    /// The protected packet; nil unless `state` is `ready`.
    public func protect(_ header: RTPHeader, _ payload: [UInt8]) -> [UInt8]? {
        protection?.outbound.protect(header.packet(payload))
    }

    // MARK: - Inside

    private func advance() {
        guard state == .handshaking else { return }
        switch dtls.state {
        case .handshaking: break
        case .failed(let reason): state = .failed(.handshake(reason))
        case .established: state = establish()
        }
    }

    private func establish() -> State {
        let seen = dtls.peerFingerprint
        guard seen == expected else { return .failed(.fingerprint(signalled: expected, seen: seen)) }
        guard let keys = dtls.keys, let protection = Protection(keys, profile, role) else {
            return .failed(.noProfile)
        }
        self.protection = protection
        return .ready
    }

    private func open(_ datagram: [UInt8]) -> Arrival {
        guard let outer = RTPHeader.parse(datagram) else { return .rejected(.malformed, source: nil) }
        let source = outer.header.source
        guard let protection else { return .rejected(.malformed, source: source) }
        do throws(SRTPContext.Failure) {
            let packet = try protection.inbound.open(datagram)
            guard let inner = RTPHeader.parse(packet) else { return .rejected(.malformed, source: source) }
            return .media(inner.header, payload: Array(packet[inner.payload]))
        } catch {
            switch error {
            case .authentication: return .rejected(.authentication, source: source)
            case .replay: return .rejected(.replay, source: source)
            case .other: return .rejected(.malformed, source: source)
            }
        }
    }
}
