/// Why something stays closed. Each description is one line that names the cause and the remedy.
public enum VaultFailure: Error, Hashable, CustomStringConvertible {
    /// The value was altered, cut, moved from elsewhere, or sealed under a key that is not at hand.
    case damaged(String)
    /// The master key file cannot be read or written, and why.
    case keyFile(path: String, reason: String)
    /// The master key is not the one that this database was written with.
    case wrongKey
    /// A file cannot be read or written, and why.
    case file(path: String, reason: String)
    /// More passwords wait than may; the client shall try again.
    case busy
    /// libargon2 did not compute a hash, in its words.
    case hashing(String)

    /// Cause and remedy.
    public var description: String {
        switch self {
        case .damaged(let what):
            "\(what) does not open: it was altered, or belongs elsewhere; restore it from a backup"
        case .keyFile(let path, let reason): "the master key file \(path) is unusable: \(reason)"
        case .wrongKey:
            "the master key is not the one of this database: restore the key file that was made together with it"
        case .file(let path, let reason): "\(path): \(reason)"
        case .busy: "too many passwords are being checked: try again in a few seconds"
        case .hashing(let reason): "the password could not be hashed: \(reason)"
        }
    }
}
