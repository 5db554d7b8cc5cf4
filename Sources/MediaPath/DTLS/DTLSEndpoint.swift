internal import COpenSSL

/// One end of a DTLS 1.2 connection whose datagrams its owner carries. One thread uses it and its context.
final class DTLSEndpoint {
    /// Who sends the first message. In WebRTC the one that answers, as the client [RFC 8842 5.3].
    enum Role {
        case client
        case server
    }

    enum State: Equatable {
        case handshaking
        case established
        case failed(String)
    }

    private(set) var state = State.handshaking
    /// Datagrams to be sent.
    private(set) var outputs: [[UInt8]] = []
    private let shared: DTLSContext
    private let identity: DTLSIdentity
    private let session: OpaquePointer

    /// Nil when OpenSSL has no room for it.
    init?(_ shared: DTLSContext, _ identity: DTLSIdentity, _ role: Role) {
        guard
            let session = copenssl_dtls_endpoint(
                shared.context, shared.method, shared.pipe, identity.key, identity.certificate,
                role == .server ? 1 : 0, Int32(DTLSContext.datagramByteCountMax))
        else { return nil }
        self.shared = shared
        self.identity = identity
        self.session = session
    }

    deinit { SSL_free(session) }

    // MARK: - Steps

    /// Sends the first flight, if this is the client.
    func start() { withPipe([]) { handshake() } }

    /// Takes a datagram of the other end.
    func receive(_ datagram: [UInt8]) {
        withPipe(datagram) {
            if state == .handshaking { handshake() }
            if state == .established {
                // No application data is expected; but a last flight that comes again wants an answer.
                var scratch: UInt8 = 0
                _ = copenssl_read(session, &scratch, 1)
            }
        }
    }

    /// Milliseconds until `retransmit` is to be called; nil when nothing is awaited.
    var timeout: UInt64? {
        guard state == .handshaking else { return nil }
        let left = copenssl_dtls_timeout(session)
        return left < 0 ? nil : UInt64(left)
    }

    /// Repeats the last flight, if its time has come.
    func retransmit() {
        guard state == .handshaking else { return }
        withPipe([]) {
            if copenssl_dtls_retransmit(session) < 0 { state = .failed("the other end does not answer") }
        }
    }

    /// What is to be sent now, oldest first.
    func takeOutputs() -> [[UInt8]] {
        defer { outputs.removeAll(keepingCapacity: true) }
        return outputs
    }

    // MARK: - What was agreed on

    /// The fingerprint of the certificate whose key the other end has.
    var peerFingerprint: CertificateFingerprint? {
        var digest = [UInt8](repeating: 0, count: Int(COPENSSL_SHA256_BYTES))
        return copenssl_peer_fingerprint(session, &digest) == 1 ? CertificateFingerprint(bytes: digest) : nil
    }

    /// The keys for SRTP; nil unless the profile was agreed on.
    var keys: SRTPKeys? {
        guard state == .established, copenssl_srtp_profile(session) == shared.profile.number else { return nil }
        var exported = [UInt8](repeating: 0, count: SRTPKeys.exportedByteCount(shared.profile))
        guard copenssl_srtp_keys(session, &exported, exported.count) == 1 else { return nil }
        return SRTPKeys(exported: exported, shared.profile)
    }

    // MARK: - Inside

    private func handshake() {
        switch Int(copenssl_handshake(session)) {
        case COPENSSL_DONE: state = .established
        case COPENSSL_WANTS_INPUT, COPENSSL_WANTS_OUTPUT: break
        default:
            let reason = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
                copenssl_reason(buffer.baseAddress, buffer.count)
                return buffer.baseAddress.map { String(cString: $0) } ?? ""
            }
            state = .failed(reason)
        }
    }

    /// Lends OpenSSL a datagram to read, and collects what it writes.
    private func withPipe(_ input: [UInt8], _ body: () -> Void) {
        let pipe = shared.pipe
        input.withUnsafeBufferPointer { bytes in
            pipe.pointee.input = bytes.baseAddress
            pipe.pointee.input_count = bytes.count
            pipe.pointee.output_count = 0
            pipe.pointee.datagrams = 0
            body()
            pipe.pointee.input = nil
            pipe.pointee.input_count = 0
        }
        for index in 0..<pipe.pointee.datagrams {
            var count = 0
            let bytes = copenssl_datagram(pipe, index, &count)
            outputs.append(Array(UnsafeBufferPointer(start: bytes, count: count)))
        }
    }
}
