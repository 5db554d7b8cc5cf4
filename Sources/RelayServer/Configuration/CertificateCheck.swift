import COpenSSL
import ConfigurationKeys
import Glibc

/// What is known of a certificate file: enough to refuse a useless one and to warn before it ends.
struct CertificateFacts: Sendable {
    /// When it begins and ends to be valid, in Unix seconds.
    var notBefore: Int64
    var notAfter: Int64
    var isSelfSigned: Bool

    /// Reads the first certificate of a PEM file.
    static func read(_ path: String) throws(BadValue) -> CertificateFacts {
        try requireReadable(path, what: "certificate")
        var facts = copenssl_certificate_facts()
        if let reason = copenssl_read_certificate(path, &facts) {
            throw BadValue(
                problem: "there is no certificate in \(path) (\(String(cString: reason)))",
                remedy: "write the path of a PEM file that begins with the server's certificate")
        }
        return CertificateFacts(
            notBefore: facts.not_before, notAfter: facts.not_after, isSelfSigned: facts.self_signed != 0)
    }
}

/// Checks of private keys against certificates.
enum PrivateKeyCheck {
    /// Makes sure that the file holds a private key.
    static func read(_ path: String) throws(BadValue) {
        try requireReadable(path, what: "private key")
        if let reason = copenssl_read_key(path) {
            throw BadValue(
                problem: "there is no private key in \(path) (\(String(cString: reason)))",
                remedy: "write the path of a PEM file with a key that has no passphrase")
        }
    }

    /// Makes sure that the key is the certificate's.
    static func compare(certificate: String, key: String) throws(BadValue) {
        guard copenssl_key_matches(certificate, key) != 0 else {
            throw BadValue(
                problem: "\(key) is not the key of the certificate in \(certificate)",
                remedy: "name the two files that were made together; the server's certificate comes first in its file")
        }
    }
}

private func requireReadable(_ path: String, what: String) throws(BadValue) {
    do {
        _ = try TextFile.read(path)
    } catch {
        throw BadValue(problem: "cannot read the \(what) \(path): \(error.reason)", remedy: error.remedy)
    }
}

enum CertificateExpiry {
    /// When the first certificate of a PEM file ends to be valid, in Unix seconds; nil when it cannot be read.
    static func unixSeconds(ofFile path: String) -> Int64? { try? CertificateFacts.read(path).notAfter }
}
