/// Which sites may send requests that change something, and open sockets.
public struct OriginPolicy: Sendable {
    private let allowed: Set<String>

    /// `https://call.example.org`, one entry for each name under which the pages are opened. Without any, the site
    /// that the request itself was sent to (its Host) is the one that is allowed.
    public init(_ allowed: [String] = []) {
        self.allowed = Set(allowed.map { Self.normalized($0) })
    }

    /// Whether a page of `origin` may use what is at `host`.
    ///
    /// Our own Host is enough: a page of another site has its own origin, whatever name of ours it resolved. The
    /// session's cookie belongs to one host besides.
    func allows(origin: String, host: String?) -> Bool {
        let origin = Self.normalized(origin)
        guard allowed.isEmpty else { return allowed.contains(origin) }
        guard let host else { return false }
        return origin == Self.normalized("https://" + host)
    }

    /// Lower case, without the port that https has anyway.
    private static func normalized(_ origin: String) -> String {
        let lower = origin.lowercased()
        return lower.hasPrefix("https://") && lower.hasSuffix(":443") ? String(lower.dropLast(4)) : lower
    }
}
