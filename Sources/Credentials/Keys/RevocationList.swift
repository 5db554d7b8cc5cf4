/// Names that are no longer welcome: users, and the ids of time-limited credentials, however long those still last.
public struct RevocationList: Sendable, Equatable {
    /// Names that are taken at run time at most.
    public static let namesMax = 100_000

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

    /// Revokes unless `namesMax` names are kept that cannot be forgotten yet; whether it did.
    public mutating func revoke(
        _ name: String, forgetAfterUnixSeconds: Int64, unixSeconds: Int64
    ) -> Bool {
        if forgetAfter[name] == nil { makeRoom(unixSeconds: unixSeconds) }
        guard forgetAfter[name] != nil || count < Self.namesMax else { return false }
        revoke(name, forgetAfterUnixSeconds: forgetAfterUnixSeconds)
        return true
    }

    /// Drops what can be forgotten, if there is much: seldom, because it looks at all of them.
    public mutating func makeRoom(unixSeconds: Int64) {
        if count >= Self.namesMax { prune(unixSeconds: unixSeconds) }
    }

    /// Adds the names of another list.
    public mutating func formUnion(_ other: RevocationList) {
        for (name, second) in other.forgetAfter { revoke(name, forgetAfterUnixSeconds: second) }
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
