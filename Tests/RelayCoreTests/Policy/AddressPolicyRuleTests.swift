import RelayCore
import STUN
import Testing

/// Operator rules against each other and against what is built in.
@Suite struct AddressPolicyRuleTests {
    @Test func allowOfEqualLengthOpensABuiltInEntry() throws {
        let policy = try AddressPolicy.parse(allow: ["127.0.0.0/8"], deny: [])
        #expect(policy.verdict(try ip("127.0.0.1")).allowed)
        #expect(policy.verdict(try ip("127.0.0.1")).text == "127.0.0.0/8 on the allow list")
        #expect(!policy.verdict(try ip("10.0.0.1")).allowed)
    }

    @Test func moreSpecificAllowOpensPartOfABuiltInEntry() throws {
        let policy = try AddressPolicy.parse(allow: ["10.1.0.0/16"], deny: [])
        #expect(policy.verdict(try ip("10.1.2.3")).allowed)
        #expect(!policy.verdict(try ip("10.0.255.255")).allowed)
        #expect(!policy.verdict(try ip("10.2.0.0")).allowed)
    }

    @Test func lessSpecificAllowOpensNoBuiltInEntry() throws {
        let policy = try AddressPolicy.parse(allow: ["0.0.0.0/0", "::/0"], deny: [])
        #expect(!policy.verdict(try ip("10.0.0.1")).allowed)
        #expect(!policy.verdict(try ip("fe80::1")).allowed)
        #expect(policy.verdict(try ip("8.8.8.8")).allowed)
    }

    @Test func denyWinsAtEqualLength() throws {
        let policy = try AddressPolicy.parse(
            allow: ["127.0.0.0/8", "8.8.8.0/24"], deny: ["127.0.0.0/8", "8.8.8.0/24"])
        #expect(!policy.verdict(try ip("127.0.0.1")).allowed)
        #expect(!policy.verdict(try ip("8.8.8.8")).allowed)
        #expect(policy.verdict(try ip("8.8.8.8")).text == "8.8.8.0/24 on the deny list")
    }

    @Test func mostSpecificRuleWinsThroughSeveralLayers() throws {
        let policy = try AddressPolicy.parse(allow: ["8.8.0.0/16", "8.8.8.8"], deny: ["8.0.0.0/8", "8.8.8.0/24"])
        #expect(!policy.verdict(try ip("8.1.1.1")).allowed)
        #expect(policy.verdict(try ip("8.8.1.1")).allowed)
        #expect(!policy.verdict(try ip("8.8.8.7")).allowed)
        #expect(policy.verdict(try ip("8.8.8.8")).allowed)
        #expect(!policy.verdict(try ip("8.8.8.9")).allowed)
        #expect(policy.verdict(try ip("8.8.9.0")).allowed)
        #expect(!policy.verdict(try ip("8.9.0.0")).allowed)
        #expect(policy.verdict(try ip("9.0.0.0")).allowed)
    }

    @Test func rulesAtTheEndsOfTheNumberLineHold() throws {
        let policy = try AddressPolicy.parse(allow: ["255.255.255.255", "0.0.0.0"], deny: ["::/1", "8000::/1"])
        #expect(policy.verdict(try ip("255.255.255.255")).allowed)
        #expect(!policy.verdict(try ip("255.255.255.254")).allowed)
        #expect(policy.verdict(try ip("0.0.0.0")).allowed)
        #expect(!policy.verdict(try ip("7fff:ffff::")).allowed)
        #expect(!policy.verdict(try ip("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")).allowed)
    }

    @Test func operatorDenyReachesIntoDisguises() throws {
        let policy = try AddressPolicy.parse(allow: [], deny: ["8.8.8.0/24"])
        for text in ["::ffff:8.8.8.8", "::8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"] {
            #expect(!policy.verdict(try ip(text)).allowed, "\(text)")
        }
        #expect(policy.verdict(try ip("64:ff9b::808:909")).allowed)
        #expect(
            policy.verdict(try ip("64:ff9b::8.8.8.8")).text == "8.8.8.0/24 on the deny list, inside a NAT64 address")
    }

    @Test func operatorAllowDoesNotReachIntoDisguises() throws {
        let policy = try AddressPolicy.parse(allow: ["127.0.0.0/8"], deny: [])
        #expect(!policy.verdict(try ip("::ffff:127.0.0.1")).allowed)
        #expect(!policy.verdict(try ip("64:ff9b::127.0.0.1")).allowed)
    }

    @Test func allowInTheDisguisedFormOpensTheDisguise() throws {
        let policy = try AddressPolicy.parse(allow: ["64:ff9b::10.1.0.0/112"], deny: ["64:ff9b::10.1.9.0/120"])
        #expect(policy.verdict(try ip("64:ff9b::10.1.2.3")).allowed)
        #expect(!policy.verdict(try ip("64:ff9b::10.1.9.3")).allowed)
        #expect(!policy.verdict(try ip("64:ff9b::10.2.0.0")).allowed)
        // The whole translation prefix is less specific than the private networks behind it.
        let whole = try AddressPolicy.parse(allow: ["64:ff9b::/96"], deny: [])
        #expect(!whole.verdict(try ip("64:ff9b::10.1.2.3")).allowed)
    }

    @Test func hostsOwnAddressIsDeniedAlsoInDisguise() throws {
        let policy = try AddressPolicy.parse(
            allow: [], deny: [], ownAddresses: [try ip("5.6.7.8"), try ip("2600::1")])
        #expect(!policy.verdict(try ip("5.6.7.8")).allowed)
        #expect(policy.verdict(try ip("5.6.7.9")).allowed)
        #expect(!policy.verdict(try ip("2600::1")).allowed)
        #expect(!policy.verdict(try ip("64:ff9b::5.6.7.8")).allowed)
        #expect(policy.verdict(try ip("5.6.7.8")).text == "5.6.7.8, an address of this relay's host")
    }

    @Test func hostsOwnAddressIsOpenedByNamingItAlone() throws {
        let own = [try ip("5.6.7.8")]
        let wide = try AddressPolicy.parse(allow: ["5.6.7.0/24"], deny: [], ownAddresses: own)
        #expect(!wide.verdict(try ip("5.6.7.8")).allowed)
        let exact = try AddressPolicy.parse(allow: ["5.6.7.8"], deny: [], ownAddresses: own)
        #expect(exact.verdict(try ip("5.6.7.8")).allowed)
    }

    @Test func loopbackAsOwnAddressFollowsTheLoopbackRule() throws {
        let policy = try AddressPolicy.parse(allow: ["127.0.0.0/8"], deny: [], ownAddresses: [try ip("127.0.0.1")])
        #expect(policy.verdict(try ip("127.0.0.1")).allowed)
    }

    /// Two patients behind the same firewall meet at relayed addresses of one relay.
    @Test func liveRelayedAddressIsAllowedWhateverIsBuiltIn() throws {
        let own = try ip("10.0.0.5")
        for listOnly in [false, true] {
            let policy = try AddressPolicy.parse(allow: [], deny: [], allowListOnly: listOnly, ownAddresses: [own])
            let address = TransportAddress(ip: own, port: 50_000)
            #expect(!policy.verdict(address).allowed)
            #expect(policy.verdict(address, isLiveRelayedAddress: true).allowed)
            #expect(policy.verdict(own, isLiveRelayedAddress: true).text == "a live relayed address of this relay")
        }
    }

    @Test func operatorDenyHoldsForLiveRelayedAddresses() throws {
        let own = try ip("10.0.0.5")
        let policy = try AddressPolicy.parse(allow: [], deny: ["10.0.0.0/24"], ownAddresses: [own])
        #expect(!policy.verdict(own, isLiveRelayedAddress: true).allowed)
        #expect(!policy.verdict(TransportAddress(ip: own, port: 0), isLiveRelayedAddress: true).allowed)
    }

    @Test func allowListOnlyModeDeniesWhatIsNotListed() throws {
        let policy = try AddressPolicy.parse(
            allow: ["198.20.0.0/16", "2a00::/16"], deny: ["198.20.9.0/24"], allowListOnly: true)
        #expect(policy.verdict(try ip("198.20.1.1")).allowed)
        #expect(policy.verdict(try ip("2a00::1")).allowed)
        #expect(!policy.verdict(try ip("198.20.9.1")).allowed)
        #expect(!policy.verdict(try ip("8.8.8.8")).allowed)
        #expect(!policy.verdict(try ip("64:ff9b::198.20.1.1")).allowed)
        #expect(
            policy.verdict(try ip("8.8.8.8")).text == "not on the allow list, and only listed addresses are allowed")
    }

    @Test func builtInEntryExplainsItself() throws {
        let verdict = AddressPolicy().verdict(try ip("169.254.169.254"))
        #expect(verdict.text == "169.254.0.0/16 (link-local, RFC 3927), built in")
        let hidden = AddressPolicy().verdict(try ip("::ffff:169.254.169.254"))
        #expect(hidden.text == "169.254.0.0/16 (link-local, RFC 3927), built in, inside an IPv4-mapped address")
    }

    private func ip(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
}

@Suite struct CIDRTests {
    @Test(arguments: [
        "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.0/8 ",
        " 10.0.0.0/8",
        "10.0.0/8", "10.0.0.256/32", "fe80::/129", "fe80::1::/64", "host.example/24", "10.0.0.0/0x8", "10.0.0.0/999",
    ])
    func malformedEntryIsRefusedNamingTheText(_ text: String) {
        #expect(CIDR(text) == nil)
        do {
            _ = try AddressPolicy.parse(allow: [], deny: ["8.8.8.8", text])
            Issue.record("\(text) was accepted")
        } catch {
            #expect(error.entry == text)
            #expect(error.description.hasPrefix(text.debugDescription))
        }
    }

    @Test(arguments: ["10.0.0.1/8", "fe80::1/10", "255.255.255.255/31", "::1/0"])
    func bitsBelowThePrefixAreRefused(_ text: String) {
        #expect(throws: AddressPolicyError.self) { try CIDR.parse(text) }
    }

    @Test func errorNamesTheNetworkThatWasPerhapsMeant() {
        #expect {
            try CIDR.parse("10.9.8.7/8")
        } throws: { error in
            "\(error)".contains("write 10.0.0.0/8 for the network")
        }
    }

    @Test(arguments: ["0.0.0.0/0", "10.0.0.0/8", "8.8.8.8/32", "::/0", "fe80::/10", "2001:db8::1/128"])
    func descriptionIsReadBack(_ text: String) throws {
        let block = try CIDR.parse(text)
        #expect(block.description == text)
        #expect(CIDR(block.description) == block)
    }

    @Test func singleAddressIsABlockOfOne() throws {
        #expect(try CIDR.parse("8.8.8.8").prefixLength == 32)
        #expect(try CIDR.parse("::1").prefixLength == 128)
    }

    @Test func lastAddressEndsTheBlock() throws {
        #expect(try CIDR.parse("10.0.0.0/8").last == IPAddress("10.255.255.255"))
        #expect(try CIDR.parse("fe80::/10").last == IPAddress("febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"))
        #expect(try CIDR.parse("::/0").last == IPAddress("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"))
    }
}
