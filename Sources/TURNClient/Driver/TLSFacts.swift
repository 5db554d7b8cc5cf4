/// What a TLS handshake agreed on and which certificates the server sent.
public struct TLSFacts: Hashable, Sendable {
    /// One certificate. Times are Unix seconds.
    public struct Certificate: Hashable, Sendable {
        /// Whom it names, in OpenSSL's form `/CN=...`.
        public let subject: String
        /// Who signed it.
        public let issuer: String
        /// The DNS names and addresses of its subjectAltName, with commas between.
        public let names: String
        /// From when it holds.
        public let notBefore: Int64
        /// Until when it holds.
        public let notAfter: Int64
        /// Whether its own key signed it.
        public let isSelfSigned: Bool
    }

    /// Why the server's certificate is not to be trusted, as far as it matters what to do about it.
    public enum Problem: Hashable, Sendable {
        /// Nobody that is trusted signed it.
        case unknownAuthority
        /// It signed itself.
        case selfSigned
        /// Its time is over.
        case expired
        /// Its time has not come: one of the clocks is wrong.
        case notYetValid
        /// It names another host.
        case otherName
        /// Something else.
        case other

        /// From the result of OpenSSL's verification.
        init(code: Int) {
            self =
                switch code {
                case 18: .selfSigned
                case 2, 19, 20, 21: .unknownAuthority
                case 10: .expired
                case 9: .notYetValid
                case 62, 64: .otherName
                default: .other
                }
        }
    }

    /// As in `TLSv1.3`.
    public let version: String
    /// The cipher suite.
    public let cipher: String
    /// What ALPN agreed on; nil when the server chose nothing.
    public let applicationProtocol: String?
    /// The chain as the server sent it, its own certificate first.
    public let certificates: [Certificate]
    /// Why its certificate is not to be trusted; nil when it is.
    public let problem: Problem?
    /// The same in OpenSSL's words.
    public let problemText: String?
}
