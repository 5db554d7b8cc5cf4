/// Who sent a request, and how it was proved: what is needed to seal the answer and to count what the user has.
public struct Identity: Sendable {
    /// The user name as it was sent, or as USERHASH was resolved.
    public let username: String
    /// Whom a time-limited credential was issued to, if it says so.
    public let id: String?
    /// When the credential ends, in Unix seconds; nil for users with a password of their own.
    public let expiresAtUnixSeconds: Int64?
    /// Which key was used.
    public let algorithm: PasswordAlgorithm
    /// Which code the request carried; the answer carries the same kind.
    public let integrity: IntegrityKind
    /// The user's key.
    public let key: LongTermKey
    /// A number for the user that is the same on all loops and relays: for quotas. Time-limited credentials with an
    /// id share the number of that id, so a new credential brings no new quota.
    public let userID: UInt64
    /// The label of the secret a time-limited credential was made with.
    public let secretLabel: String?
}

extension Identity {
    /// The bytes of the key for the algorithm that was used.
    func withKey<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        switch algorithm {
        case .md5: body(key.md5.span)
        case .sha256: body(key.sha256.span)
        }
    }
}
