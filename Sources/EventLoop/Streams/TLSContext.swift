import COpenSSL

/// A certificate, its key and the rules of TLS, shared by every loop. A reload makes a new one; sessions keep theirs.
public final class TLSContext: Sendable {
    /// Why a certificate cannot be used.
    public struct Failure: Error, CustomStringConvertible, Sendable {
        /// The files and the reason in one line.
        public let description: String
    }

    // OpenSSL counts the references of a context and guards it with its own locks.
    nonisolated(unsafe) private let context: OpaquePointer
    nonisolated(unsafe) private static let pipeMethod: OpaquePointer = copenssl_pipe_method()

    /// TLS 1.2 and 1.3 with the certificate chain and key of two PEM files.
    ///
    /// - Parameters:
    ///   - clientAuthorityFile: when set, clients must show a certificate that it signed.
    ///   - offersHTTP: whether clients that ask for HTTP (ALPN) are told that it is spoken here.
    /// - Throws: `Failure` when a file cannot be read, is not PEM, or when the key belongs to another certificate.
    public init(
        certificateFile: String, privateKeyFile: String, clientAuthorityFile: String? = nil, offersHTTP: Bool = false
    ) throws(Failure) {
        guard
            let context = copenssl_server_context(
                certificateFile, privateKeyFile, clientAuthorityFile, offersHTTP ? 1 : 0)
        else {
            throw Failure(description: "certificate \(certificateFile) with key \(privateKeyFile): \(openSSLReason())")
        }
        self.context = context
    }

    deinit {
        SSL_CTX_free(context)
    }

    /// A session for a connection just accepted, or nil when memory is short.
    func session(_ pipe: UnsafeMutablePointer<copenssl_pipe>) -> OpaquePointer? {
        copenssl_server_session(context, Self.pipeMethod, pipe)
    }
}

/// The reason of OpenSSL's last failure on this thread.
func openSSLReason() -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 200) { buffer in
        copenssl_reason(buffer.baseAddress!, buffer.count)
        return String(cString: buffer.baseAddress!)
    }
}
