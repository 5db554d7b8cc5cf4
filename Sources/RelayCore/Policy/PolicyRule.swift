/// One rule of an address policy: a block and what holds for it.
@frozen
public struct PolicyRule: Hashable, Sendable {
    /// Who wrote the rule; at equal prefix length the greater raw value wins.
    @frozen
    public enum Origin: UInt8, Hashable, Sendable, Comparable {
        /// The built-in deny table.
        case builtIn
        /// The relay host's own address: denied, save live relayed transport addresses.
        case ownAddress
        /// The operator's allow list.
        case operatorAllow
        /// The operator's deny list.
        case operatorDeny

        /// By precedence at equal prefix length.
        public static func < (left: Origin, right: Origin) -> Bool { left.rawValue < right.rawValue }
    }

    /// The addresses the rule is about.
    public let block: CIDR
    /// Who wrote it.
    public let origin: Origin

    /// Whether the rule allows its addresses.
    public var allows: Bool { origin == .operatorAllow }

    /// Whether the operator wrote the rule.
    var isOperators: Bool { origin >= .operatorAllow }

    /// The rule in words: `10.0.0.0/8 (private network, RFC 1918), built in`.
    var text: String {
        switch origin {
        case .builtIn: "\(block) (\(BuiltInDenials.purpose(of: block) ?? "reserved")), built in"
        case .ownAddress: "\(block.network), an address of this relay's host"
        case .operatorAllow: "\(block) on the allow list"
        case .operatorDeny: "\(block) on the deny list"
        }
    }
}

/// What the policy says about one address, and why. Plain integers: the words are built when `text` is asked for.
@frozen
public struct PolicyVerdict: Hashable, Sendable {
    /// What decided.
    @frozen
    public enum Reason: Hashable, Sendable {
        /// The rule that matched, and the form in which the address hid the rule's, if it did.
        case rule(PolicyRule, disguise: AddressDisguise?)
        /// Port 0 is no transport address of anyone.
        case portZero
        /// A live relayed transport address of this relay: behind it is another allocation with its own permissions.
        case liveRelayedAddress
        /// No rule matched and only listed addresses are allowed.
        case notListed
        /// No rule matched.
        case noRule
    }

    /// Whether packets may go to and come from the address.
    public let allowed: Bool
    /// What decided.
    public let reason: Reason

    /// The deciding rule in words, for logs, refusals and `tern relay policy`.
    public var text: String {
        switch reason {
        case .rule(let rule, nil): rule.text
        case .rule(let rule, let disguise?): "\(rule.text), inside \(disguise.name)"
        case .portZero: "port 0"
        case .liveRelayedAddress: "a live relayed address of this relay"
        case .notListed: "not on the allow list, and only listed addresses are allowed"
        case .noRule: "no rule"
        }
    }
}
