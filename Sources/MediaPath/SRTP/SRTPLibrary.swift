internal import CSRTP

/// The library that protects packets: opened when media is asked for, so that nothing else needs it.
public enum SRTPLibrary {
    /// Why media cannot be protected here; one line with the remedy.
    public struct Missing: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is missing.
        public let description: String
    }

    /// Opens the library and tries the profile. Returns its name and version, as in `libsrtp2 2.5.0`.
    public static func open(for profile: SRTPProfile) throws(Missing) -> String {
        if let problem = csrtp_open() {
            throw Missing(description: "SRTP cannot be used: \(String(cString: problem))")
        }
        let version = csrtp_version().map { String(cString: $0) } ?? "libsrtp2"
        let key = [UInt8](repeating: 0, count: SRTPProfile.keyByteCount + profile.saltByteCount)
        guard SRTPContext(profile, masterKey: key, direction: .outbound) != nil else {
            let remedy = profile == .aesGCM ? ": give --srtp-profile aes-cm, or install one that was" : ""
            throw Missing(description: "\(version) was built without \(profile.name)\(remedy)")
        }
        return version
    }
}
