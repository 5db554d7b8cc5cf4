/// What happens to a live allocation when its time-limited credential expires.
@frozen public enum CredentialExpiry: Hashable, Sendable {
    /// The allocation ends at that moment.
    case end
    /// The allocation ends so many seconds later; until then it can be refreshed.
    case grace(seconds: UInt32)
    /// The allocation lives for as long as its client refreshes it: a call outlives its credential.
    case call
}

/// The expiry of every class of credentials. A class is the label of the shared secret that made them.
public struct ExpiryPolicy: Sendable, Hashable {
    /// For classes without an entry of their own. Default `call`.
    public var standard = CredentialExpiry.call
    /// By class.
    public var classes: [String: CredentialExpiry] = [:]

    /// The default policy, or this one.
    public init(standard: CredentialExpiry = .call, classes: [String: CredentialExpiry] = [:]) {
        self.standard = standard
        self.classes = classes
    }

    /// What holds for credentials of this class.
    public func expiry(of label: String?) -> CredentialExpiry {
        guard let label else { return standard }
        return classes[label] ?? standard
    }

    /// How long after its end any credential may still count, in seconds.
    var longestGraceSeconds: Int64 {
        classes.values.reduce(standard.graceSeconds) { max($0, $1.graceSeconds) }
    }
}

extension CredentialExpiry {
    /// How long after the credential's end an allocation may still be refreshed, in seconds.
    var graceSeconds: Int64 {
        switch self {
        case .end: 0
        case .grace(let seconds): Int64(seconds)
        case .call: .max
        }
    }
}
