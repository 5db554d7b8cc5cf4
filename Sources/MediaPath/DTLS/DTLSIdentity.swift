internal import COpenSSL

/// A key of one endpoint and the certificate that it signed for itself.
public final class DTLSIdentity {
    let key: OpaquePointer
    let certificate: OpaquePointer
    /// What signaling tells the other end.
    public let fingerprint: CertificateFingerprint

    /// A new P-256 key and its certificate; nil when OpenSSL can make none.
    public init?() {
        var key: OpaquePointer?
        var certificate: OpaquePointer?
        guard copenssl_make_identity(&key, &certificate) == 1, let key, let certificate else { return nil }
        self.key = key
        self.certificate = certificate
        var digest = [UInt8](repeating: 0, count: Int(COPENSSL_SHA256_BYTES))
        let done = copenssl_fingerprint(certificate, &digest)
        fingerprint = CertificateFingerprint(bytes: digest)
        guard done == 1 else { return nil }
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
    }
}
