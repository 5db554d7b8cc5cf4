internal import COpenSSL

/// What endpoints of one thread share: OpenSSL's settings, and the datagrams of the one that is being served.
public final class DTLSContext {
    /// No datagram of a handshake is larger, in bytes: it fits a path of 1280 with TURN, UDP and IPv6 around it.
    public static let datagramByteCountMax = 1_200

    /// What the handshakes offer.
    public let profile: SRTPProfile
    let context: OpaquePointer
    let method: OpaquePointer
    let pipe: UnsafeMutablePointer<copenssl_datagrams>

    /// Nil when OpenSSL does not know DTLS 1.2 or the profile.
    public init?(_ profile: SRTPProfile) {
        guard let context = copenssl_dtls_context(profile.nameForOpenSSL) else { return nil }
        guard let method = copenssl_datagram_method() else {
            SSL_CTX_free(context)
            return nil
        }
        self.profile = profile
        self.context = context
        self.method = method
        pipe = .allocate(capacity: 1)
        pipe.initialize(to: copenssl_datagrams())
    }

    deinit {
        SSL_CTX_free(context)
        BIO_meth_free(method)
        pipe.deallocate()
    }
}
