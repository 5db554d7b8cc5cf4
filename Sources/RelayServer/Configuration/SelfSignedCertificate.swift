import COpenSSL
public import ConfigurationKeys
public import STUN

/// A certificate for trials: signed with its own key, so that clients must be told to trust it.
public enum SelfSignedCertificate {
    /// Makes an EC P-256 key and a certificate for these names and addresses in two new files.
    ///
    /// The key is readable for its owner alone. Existing files are never overwritten.
    public static func make(
        certificate: String, key: String, names: [String], addresses: [IPAddress], days: Int
    ) throws(ConfigurationProblem) {
        let alternatives = names.filter(isHostName).map { "DNS:\($0)" } + addresses.map { "IP:\($0)" }
        if let reason = copenssl_make_self_signed(
            certificate, key, names.first ?? "localhost", alternatives.joined(separator: ","), days)
        {
            throw ConfigurationProblem(
                origin: .builtIn, key: nil, problem: "cannot make \(certificate): \(String(cString: reason))",
                remedy: "check that the folder can be written")
        }
    }

    /// Whether the text can stand in a certificate as a name, and in OpenSSL's list of names.
    private static func isHostName(_ text: String) -> Bool {
        !text.isEmpty && text.count <= 253
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
