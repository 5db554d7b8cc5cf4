/// Names that are no longer welcome: users, and the ids of time-limited credentials, however long those still last.
public struct RevocationList: Sendable, Equatable {
    private var forgetAfter: [String: Int64] = [:]

    /// Nobody is revoked.
    public init() {}

    /// How many names are revoked.
    public var count: Int { forgetAfter.count }

    /// The names, with the Unix second after which they can be forgotten.
    public var entries: [(name: String, forgetAfterUnixSeconds: Int64)] {
        forgetAfter.sorted { $0.key < $1.key }.map { (name: $0.key, forgetAfterUnixSeconds: $0.value) }
    }

    /// Revokes a user name or an id. After `forgetAfterUnixSeconds`, when its last credential has ended anyway, the
    /// entry can go; without it, it stays.
    public mutating func revoke(_ name: String, forgetAfterUnixSeconds: Int64 = .max) {
        forgetAfter[name] = max(forgetAfter[name] ?? .min, forgetAfterUnixSeconds)
    }

    /// Takes a revocation back; whether there was one.
    public mutating func restore(_ name: String) -> Bool {
        forgetAfter.removeValue(forKey: name) != nil
    }

    /// Whether a user name or its id is revoked.
    public func contains(username: String, id: String?) -> Bool {
        if forgetAfter.isEmpty { return false }
        if forgetAfter[username] != nil { return true }
        return id.map { forgetAfter[$0] != nil } ?? false
    }

    /// Drops what can be forgotten.
    public mutating func prune(unixSeconds: Int64) {
        forgetAfter = forgetAfter.filter { $0.value >= unixSeconds }
    }
}
