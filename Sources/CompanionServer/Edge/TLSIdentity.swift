import NIOSSL
import Synchronization

/// The certificate and the key that the TLS listener shows. They can be replaced while connections are open: those
/// keep what they began with.
final class TLSIdentity: Sendable {
    private struct Version: Equatable {
        var certificate: FileFacts?
        var privateKey: FileFacts?
    }
    private struct State {
        var context: NIOSSLContext
        var version: Version
    }

    private let settings: EdgeSettings.TLSListener
    private let state: Mutex<State>

    init(_ settings: EdgeSettings.TLSListener) throws(ListenFailure) {
        self.settings = settings
        let version = Self.version(settings)
        state = Mutex(State(context: try Self.read(settings), version: version))
    }

    /// For the next connection.
    var context: NIOSSLContext { state.withLock { $0.context } }

    /// Reads both files again when one of them changed. What cannot be used leaves the old pair in its place.
    func reloadIfChanged() throws(ListenFailure) -> Bool {
        let version = Self.version(settings)
        guard state.withLock({ $0.version != version }) else { return false }
        // Noted first: a broken file is reported once, and tried again when it changes.
        state.withLock { $0.version = version }
        let context = try Self.read(settings)
        state.withLock { $0.context = context }
        return true
    }

    private static func version(_ settings: EdgeSettings.TLSListener) -> Version {
        Version(
            certificate: FileFacts(settings.certificateFile, followsLinks: true),
            privateKey: FileFacts(settings.privateKeyFile, followsLinks: true))
    }

    private static func read(_ settings: EdgeSettings.TLSListener) throws(ListenFailure) -> NIOSSLContext {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(settings.certificateFile)
        } catch {
            throw ListenFailure(
                "certificate \(settings.certificateFile): cannot be read as PEM certificates; check the path and that "
                    + "this user may read it")
        }
        do {
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: settings.privateKeyFile, format: .pem)))
            configuration.minimumTLSVersion = .tlsv12
            // HTTP/2 would need WebSockets of its own kind [RFC 8441].
            configuration.applicationProtocols = ["http/1.1"]
            // TLS 1.2 with forward secrecy and authenticated encryption only [RFC 9325 4.2]; 1.3 has nothing else.
            configuration.cipherSuiteValues = [
                .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
            ]
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw ListenFailure(
                "private key \(settings.privateKeyFile): cannot be used with \(settings.certificateFile); it has to be "
                    + "a PEM key without passphrase that belongs to the certificate")
        }
    }
}
