import RelayCore
import STUN
import Testing

/// The deny table, written a second time as text and checked at every edge, also inside every disguise.
@Suite struct AddressPolicyTableTests {
    static let ipv4Denied = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32",
    ]
    static let ipv6Denied = [
        "::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32", "fc00::/7", "fe80::/10",
        "fec0::/10", "ff00::/8",
    ]
    let policy = AddressPolicy()

    @Test(arguments: ipv4Denied)
    func ipv4RangeIsDeniedFromItsFirstToItsLastAddressAndNowhereElse(_ text: String) throws {
        let range = try Range4(text)
        for address in range.inside {
            #expect(!policy.verdict(IPAddress(ipv4: address)).allowed, "\(IPAddress(ipv4: address))")
        }
        for address in range.neighbours {
            let expected = Self.isDenied4(address)
            #expect(policy.verdict(IPAddress(ipv4: address)).allowed == !expected, "\(IPAddress(ipv4: address))")
        }
    }

    @Test(arguments: ipv4Denied, Disguise.allCases)
    func ipv4RangeIsDeniedInEveryDisguise(_ text: String, _ disguise: Disguise) throws {
        let range = try Range4(text)
        for address in range.inside + range.neighbours {
            let dressed = disguise.dress(address)
            let expected = Self.isDenied4(address) || Self.isDenied6(dressed)
            let verdict = policy.verdict(dressed)
            #expect(verdict.allowed == !expected, "\(IPAddress(ipv4: address)) as \(dressed): \(verdict.text)")
        }
    }

    @Test(arguments: ipv6Denied)
    func ipv6RangeIsDeniedFromItsFirstToItsLastAddressAndNowhereElse(_ text: String) throws {
        let (first, last) = try bounds6(text)
        var probes = [first, first + (last - first) / 2, last]
        if first > 0 { probes.append(first - 1) }
        if last < UInt128.max { probes.append(last + 1) }
        for (index, value) in probes.enumerated() {
            let address = ipv6(value)
            let expected =
                Self.isDenied6(address) || Disguise.allCases.contains { $0.undress(value).map(Self.isDenied4) == true }
            if index < 3 { #expect(expected) }
            #expect(policy.verdict(address).allowed == !expected, "\(address)")
        }
    }

    /// A disguise hides nothing when the embedded address is public (save Teredo, which is denied as a whole).
    @Test(arguments: Disguise.allCases)
    func publicAddressInADisguiseFollowsTheDisguisesOwnRules(_ disguise: Disguise) throws {
        let address = disguise.dress(0x0808_0808)
        #expect(policy.verdict(address).allowed == (disguise != .teredoClient && disguise != .teredoServer))
    }

    @Test func portZeroIsDenied() throws {
        let address = try #require(IPAddress("8.8.8.8"))
        #expect(!policy.verdict(TransportAddress(ip: address, port: 0)).allowed)
        #expect(policy.verdict(TransportAddress(ip: address, port: 0)).text == "port 0")
        #expect(policy.verdict(TransportAddress(ip: address, port: 1)).allowed)
    }

    static func isDenied4(_ address: UInt32) -> Bool {
        ipv4Denied.contains { text in
            guard let range = try? Range4(text) else { return true }
            return (range.first...range.last).contains(address)
        }
    }

    /// Range membership as comparison of 128-bit integers: an implementation with nothing in common with the policy's.
    static func isDenied6(_ address: IPAddress) -> Bool {
        let value = UInt128(address.high) << 64 | UInt128(address.low)
        return ipv6Denied.contains { text in
            guard let (first, last) = try? bounds6(text) else { return true }
            return first <= value && value <= last
        }
    }
}

@Suite struct AddressPolicyMembershipTests {
    /// Random addresses, half of them pulled close to a range of the table or into a disguise.
    @Test(arguments: [UInt64(1), 2, 3, 4])
    func randomIPv6AddressesAgreeWithBigIntegerComparison(_ seed: UInt64) throws {
        let policy = AddressPolicy()
        var random = SplitMix(state: seed)
        let edges = try AddressPolicyTableTests.ipv6Denied.flatMap { text in
            let (first, last) = try bounds6(text)
            return [first, last]
        }
        for _ in 0..<20_000 {
            var value = UInt128(random.next()) << 64 | UInt128(random.next())
            switch random.next() % 8 {
            case 0: value = edges[Int(random.next() % UInt64(edges.count))] &+ value % 65_536 &- 32_768
            case 1: value = edges[Int(random.next() % UInt64(edges.count))] ^ (1 << (value % 128))
            case 2: value >>= 8 * (value % 16)
            case 3, 4:
                let all = Disguise.allCases
                let dressed = all[Int(random.next() % UInt64(all.count))].dress(UInt32(truncatingIfNeeded: value))
                value = UInt128(dressed.high) << 64 | UInt128(dressed.low)
            default: break
            }
            let address = ipv6(value)
            let hidden = Disguise.allCases.contains {
                $0.undress(value).map(AddressPolicyTableTests.isDenied4) == true
            }
            let expected = AddressPolicyTableTests.isDenied6(address) || hidden
            #expect(policy.verdict(address).allowed == !expected, "seed \(seed): \(address)")
        }
    }

    @Test(arguments: [UInt64(11), 12])
    func randomIPv4AddressesAgreeWithIntegerComparison(_ seed: UInt64) {
        let policy = AddressPolicy()
        var random = SplitMix(state: seed)
        for _ in 0..<20_000 {
            let value = UInt32(truncatingIfNeeded: random.next())
            let verdict = policy.verdict(IPAddress(ipv4: value))
            #expect(verdict.allowed == !AddressPolicyTableTests.isDenied4(value), "seed \(seed): \(value)")
        }
    }

    /// Random nested lists of both kinds against the rule "longest prefix, then deny", evaluated by scanning them all.
    @Test(arguments: [UInt64(21), 22, 23])
    func randomListsAgreeWithAScanOverAllRules(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        for _ in 0..<100 {
            var allow: [CIDR] = []
            var deny: [CIDR] = []
            // Few distinct bits, so that blocks nest and collide.
            for _ in 0..<12 {
                let length = Int(random.next() % 9)
                let bits = UInt32(truncatingIfNeeded: random.next()) << 24
                let network = length == 0 ? 0 : bits & ~(UInt32.max >> length)
                let block = try #require(CIDR(network: IPAddress(ipv4: network), prefixLength: length))
                if random.next() % 2 == 0 { allow.append(block) } else { deny.append(block) }
            }
            let policy = AddressPolicy(allow: allow, deny: deny)
            for top in UInt32(0)...255 {
                let address = top << 24 | 0x0080_8080
                let ip = IPAddress(ipv4: address)
                func length(_ list: [CIDR]) -> Int {
                    list.filter { $0.contains(ip) }.map { Int($0.prefixLength) }.max() ?? -1
                }
                var builtIn = -1
                for text in AddressPolicyTableTests.ipv4Denied {
                    let range = try Range4(text)
                    if (range.first...range.last).contains(address) { builtIn = max(builtIn, range.length) }
                }
                let (allowed, denied) = (length(allow), length(deny))
                let expected = allowed >= builtIn && allowed > denied || max(denied, builtIn, allowed) < 0
                #expect(policy.verdict(ip).allowed == expected, "seed \(seed): \(ip) allow \(allow) deny \(deny)")
            }
        }
    }
}

/// The forms in which an IPv6 address carries an IPv4 address, written as arithmetic on one big integer.
enum Disguise: CaseIterable, Sendable {
    case mapped, compatible, nat64, sixToFour, teredoServer, teredoClient

    func dress(_ address: UInt32) -> IPAddress {
        let value = UInt128(address)
        return switch self {
        case .mapped: ipv6(0xFFFF << 32 | value)
        case .compatible: ipv6(value)
        case .nat64: ipv6(0x0064_FF9B << 96 | value)
        case .sixToFour: ipv6(0x2002 << 112 | value << 80 | 0x1234_5678)
        case .teredoServer: ipv6(0x2001_0000 << 96 | value << 64 | 0x8000_63BF << 32 | UInt128(~UInt32(0x0808_0808)))
        case .teredoClient: ipv6(0x2001_0000 << 96 | 0x0808_0808 << 64 | 0x8000_63BF << 32 | UInt128(~address))
        }
    }

    func undress(_ value: UInt128) -> UInt32? {
        let low = UInt32(truncatingIfNeeded: value)
        return switch self {
        case .mapped: value >> 32 == 0xFFFF ? low : nil
        case .compatible: value >> 32 == 0 ? low : nil
        case .nat64: value >> 32 == 0x0064_FF9B << 64 ? low : nil
        case .sixToFour: value >> 112 == 0x2002 ? UInt32(truncatingIfNeeded: value >> 80) : nil
        case .teredoServer: value >> 96 == 0x2001_0000 ? UInt32(truncatingIfNeeded: value >> 64) : nil
        case .teredoClient: value >> 96 == 0x2001_0000 ? ~low : nil
        }
    }
}

struct Range4 {
    let first: UInt32
    let last: UInt32
    let length: Int

    init(_ text: String) throws {
        let parts = text.split(separator: "/")
        first = try #require(IPAddress(String(parts[0]))).ipv4
        length = try #require(Int(parts[1]))
        last = UInt32(UInt64(first) + (UInt64(1) << (32 - length)) - 1)
    }

    var inside: [UInt32] { [first, first + (last - first) / 2, last] }
    var neighbours: [UInt32] { [first &- 1, last &+ 1] }
}

func bounds6(_ text: String) throws -> (first: UInt128, last: UInt128) {
    let parts = text.split(separator: "/")
    let address = try #require(IPAddress(String(parts[0])))
    let length = try #require(Int(parts[1]))
    let first = UInt128(address.high) << 64 | UInt128(address.low)
    return (first, first + ((UInt128(1) << (128 - length)) - 1))
}

func ipv6(_ value: UInt128) -> IPAddress {
    IPAddress(ipv6High: UInt64(truncatingIfNeeded: value >> 64), low: UInt64(truncatingIfNeeded: value))
}

/// SplitMix64: a seed replays the run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
