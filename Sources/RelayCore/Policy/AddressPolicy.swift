public import STUN

/// Which peers the relay forwards to and accepts from: one classifier, asked on every verb and in both directions.
///
/// Three sources of rules: the built-in deny table, the host's own addresses, and the operator's allow and deny lists.
/// All are CIDR blocks, and one order decides:
/// 1. The most specific rule (the longest prefix) wins.
/// 2. At equal length the operator's deny beats the operator's allow, which beats what is built in. So
///    `--allow-peer 127.0.0.0/8` opens loopback; `--allow-peer 0.0.0.0/0` does not, as every built-in entry is more
///    specific; and no allow rule opens what an equally long deny rule closes.
/// 3. Without a rule the address is allowed; in allow-list-only mode it is denied.
///
/// Deny rules for IPv4 also hold for IPv6 addresses that embed one (see `AddressDisguise`), with the length they have
/// inside the IPv6 address. Allow rules do not reach into disguises: who wants `64:ff9b::10.1.0.0/112` reachable
/// through a NAT64 writes exactly that.
///
/// Loopback addresses of the host get no rule of their own: loopback is built in, and `--allow-peer 127.0.0.0/8`
/// means all of it. Any other host address is opened by naming it alone (`--allow-peer 192.0.2.5`).
public struct AddressPolicy: Sendable {
    /// Whether an address without a rule is denied.
    public let allowListOnly: Bool

    private let ipv4: RuleTable
    private let ipv6: RuleTable
    /// The IPv4 rules that reach into disguises.
    private let ipv4Denials: RuleTable
    /// The operator's rules alone: what still holds for a live relayed address.
    private let operatorsIPv4: RuleTable
    private let operatorsIPv6: RuleTable

    /// The built-in deny table alone.
    public init() {
        self.init(allow: [], deny: [])
    }

    /// A policy from lists as an operator writes them; throws on the first malformed entry, naming it.
    public static func parse(
        allow: [String], deny: [String], allowListOnly: Bool = false, ownAddresses: [IPAddress] = []
    ) throws(AddressPolicyError) -> AddressPolicy {
        var allowed: [CIDR] = []
        for entry in allow { allowed.append(try CIDR.parse(entry)) }
        var denied: [CIDR] = []
        for entry in deny { denied.append(try CIDR.parse(entry)) }
        return AddressPolicy(allow: allowed, deny: denied, allowListOnly: allowListOnly, ownAddresses: ownAddresses)
    }

    /// A policy from parsed lists.
    ///
    /// - Parameters:
    ///   - allow: the operator's allow list.
    ///   - deny: the operator's deny list.
    ///   - allowListOnly: whether addresses that no rule allows are denied.
    ///   - ownAddresses: the addresses of this host, relay addresses and their external forms included.
    public init(allow: [CIDR], deny: [CIDR], allowListOnly: Bool = false, ownAddresses: [IPAddress] = []) {
        self.allowListOnly = allowListOnly
        var rules = BuiltInDenials.entries.map { PolicyRule(block: $0.block, origin: .builtIn) }
        rules += ownAddresses.filter { !$0.isLoopback }
            .map { PolicyRule(block: CIDR($0), origin: .ownAddress) }
        rules += allow.map { PolicyRule(block: $0, origin: .operatorAllow) }
        rules += deny.map { PolicyRule(block: $0, origin: .operatorDeny) }
        ipv4 = RuleTable(rules, family: .ipv4)
        ipv6 = RuleTable(rules, family: .ipv6)
        ipv4Denials = RuleTable(rules.filter { !$0.allows }, family: .ipv4)
        operatorsIPv4 = RuleTable(rules.filter(\.isOperators), family: .ipv4)
        operatorsIPv6 = RuleTable(rules.filter(\.isOperators), family: .ipv6)
    }

    /// Whether packets may go to and come from `address`. Allocates nothing.
    ///
    /// - Parameter isLiveRelayedAddress: whether `address` is, at this moment, a relayed transport address of this
    ///   relay. The caller knows (its port directory says so). Then only the operator's own rules can deny: built-in
    ///   entries and allow-list-only mode concern peers outside, and here the peer is another client of this relay,
    ///   which must have installed a permission of its own.
    public func verdict(_ address: TransportAddress, isLiveRelayedAddress: Bool = false) -> PolicyVerdict {
        if address.port == 0 { return PolicyVerdict(allowed: false, reason: .portZero) }
        return verdict(address.ip, isLiveRelayedAddress: isLiveRelayedAddress)
    }

    /// As for a transport address, without a port: for CreatePermission, whose ports mean nothing [RFC 8656 §10.2].
    ///
    /// - Parameter isLiveRelayedAddress: whether `address` is a relay address with a live relayed port. A permission
    ///   on it must then be checked again with the port on every packet.
    public func verdict(_ address: IPAddress, isLiveRelayedAddress: Bool = false) -> PolicyVerdict {
        if isLiveRelayedAddress { return verdict(relayed: address) }
        let key = CIDR.key(address)
        guard address.family == .ipv6 else { return verdict(by: ipv4.lookup(key), disguise: nil) }
        var strongest = ipv6.lookup(key)
        var length = strongest?.block.prefixLength ?? 0
        var disguise: AddressDisguise?
        if AddressPolicy.canEmbed(address) {
            consider(.mapped, of: address, &strongest, &length, &disguise)
            consider(.compatible, of: address, &strongest, &length, &disguise)
            consider(.nat64, of: address, &strongest, &length, &disguise)
            consider(.sixToFour, of: address, &strongest, &length, &disguise)
            consider(.teredoServer, of: address, &strongest, &length, &disguise)
            consider(.teredoClient, of: address, &strongest, &length, &disguise)
        }
        return verdict(by: strongest, disguise: disguise)
    }

    private func verdict(by rule: PolicyRule?, disguise: AddressDisguise?) -> PolicyVerdict {
        guard let rule else {
            return PolicyVerdict(allowed: !allowListOnly, reason: allowListOnly ? .notListed : .noRule)
        }
        return PolicyVerdict(allowed: rule.allows, reason: .rule(rule, disguise: disguise))
    }

    private func verdict(relayed address: IPAddress) -> PolicyVerdict {
        let table = address.family == .ipv4 ? operatorsIPv4 : operatorsIPv6
        guard let rule = table.lookup(CIDR.key(address)), !rule.allows else {
            return PolicyVerdict(allowed: true, reason: .liveRelayedAddress)
        }
        return PolicyVerdict(allowed: false, reason: .rule(rule, disguise: nil))
    }

    /// Lets the deny rule on the address hidden in `address`, if any, compete with the strongest rule so far.
    @inline(__always)
    private func consider(
        _ form: AddressDisguise, of address: IPAddress, _ strongest: inout PolicyRule?, _ length: inout UInt8,
        _ disguise: inout AddressDisguise?
    ) {
        guard let hidden = form.embedded(in: address), let denial = ipv4Denials.lookup(UInt128(hidden)) else { return }
        let hiddenLength = denial.block.prefixLength + form.fixedBits
        if let rule = strongest, (length, rule.origin) >= (hiddenLength, denial.origin) { return }
        strongest = denial
        length = hiddenLength
        disguise = form
    }

    /// Whether the address begins like any disguise: spares ordinary IPv6 peers the six checks.
    @inline(__always)
    private static func canEmbed(_ address: IPAddress) -> Bool {
        switch address.high >> 32 {
        case 0, 0x0064_FF9B, 0x2001_0000: true
        case let start: start >> 16 == 0x2002
        }
    }
}
