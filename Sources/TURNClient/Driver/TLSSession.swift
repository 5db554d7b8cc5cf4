import COpenSSL
import Glibc
import STUN

/// The client's end of one TLS connection over a non-blocking socket.
struct TLSSession: ~Copyable {
    private let context: OpaquePointer
    private let session: OpaquePointer

    /// Prepares a session; `handshake` runs it, and fails for a certificate not to be trusted if it `judges`.
    init(
        _ descriptor: Int32, host: String, trust: CertificateTrust, judges: Bool
    ) throws(ClientSocketFailure) {
        let path: String? = if case .authorities(let path) = trust { path } else { nil }
        if let path, access(path, R_OK) != 0 {
            throw .authorities(path: path, reason: ClientSocketFailure.text(errno))
        }
        guard let context = copenssl_client_context(trust == .anything ? 0 : 1, path) else {
            let reason = TLSSession.lastReason()
            throw path.map { .authorities(path: $0, reason: reason) } ?? .tls(reason: reason)
        }
        guard let session = copenssl_client_session(context, descriptor, host, IPAddress(host) == nil ? 0 : 1) else {
            SSL_CTX_free(context)
            throw .tls(reason: TLSSession.lastReason())
        }
        if !judges { SSL_set_verify(session, SSL_VERIFY_NONE, nil) }
        self.context = context
        self.session = session
    }

    deinit {
        SSL_free(session)
        SSL_CTX_free(context)
    }

    /// What a step of TLS came to.
    enum Outcome {
        case done(Int)
        case wantsInput
        case wantsOutput
        case closed
        case failed(ClientSocketFailure)
    }

    /// Takes the handshake as far as the socket allows.
    borrowing func handshake() -> Outcome { outcome(copenssl_handshake(session)) }

    /// Reads what the other end sent.
    borrowing func read(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        outcome(copenssl_read(session, buffer.baseAddress, Int32(buffer.count)))
    }

    /// Writes as much as fits.
    borrowing func write(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        outcome(copenssl_write(session, bytes.baseAddress, Int32(bytes.count)))
    }

    /// What was agreed on, and the certificates that came.
    borrowing func facts() -> TLSFacts {
        var certificates: [TLSFacts.Certificate] = []
        for index in 0..<max(0, copenssl_peer_chain_count(session)) {
            var facts = copenssl_peer_certificate()
            guard copenssl_read_peer_certificate(session, index, &facts) == 1 else { continue }
            certificates.append(
                TLSFacts.Certificate(
                    subject: text(of: facts.subject), issuer: text(of: facts.issuer), names: text(of: facts.names),
                    notBefore: facts.not_before, notAfter: facts.not_after, isSelfSigned: facts.self_signed == 1))
        }
        let code = SSL_get_verify_result(session)
        let `protocol` = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            copenssl_selected_protocol(session, buffer.baseAddress, buffer.count)
            return buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
        return TLSFacts(
            version: String(cString: SSL_get_version(session)), cipher: String(cString: copenssl_cipher_name(session)),
            applicationProtocol: `protocol`.isEmpty ? nil : `protocol`, certificates: certificates,
            problem: code == 0 ? nil : TLSFacts.Problem(code: Int(code)),
            problemText: copenssl_certificate_problem(session).map { String(cString: $0) })
    }

    private borrowing func text<Buffer>(of buffer: Buffer) -> String {
        withUnsafeBytes(of: buffer) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    private borrowing func outcome(_ result: Int32) -> Outcome {
        switch Int(result) {
        case 0...: return .done(Int(result))
        case COPENSSL_WANTS_INPUT: return .wantsInput
        case COPENSSL_WANTS_OUTPUT: return .wantsOutput
        case COPENSSL_CLOSED: return .closed
        default:
            if let problem = copenssl_certificate_problem(session) {
                return .failed(.certificate(reason: String(cString: problem)))
            }
            return .failed(ERR_peek_last_error() == 0 ? .closed : .tls(reason: TLSSession.lastReason()))
        }
    }

    private static func lastReason() -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            copenssl_reason(buffer.baseAddress, buffer.count)
            return buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
    }
}
