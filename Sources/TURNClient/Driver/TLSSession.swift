import COpenSSL
import Glibc
import STUN

/// The client's end of one TLS connection over a non-blocking socket.
struct TLSSession: ~Copyable {
    private let context: OpaquePointer
    private let session: OpaquePointer

    /// Prepares a session; `handshake` runs it.
    init(_ descriptor: Int32, host: String, trust: CertificateTrust) throws(ClientSocketFailure) {
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
