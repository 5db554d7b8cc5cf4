import STUN
import TestSupport
import Testing

struct AddressTextTests {
    @Test(arguments: [
        ("0.0.0.0", 0 as UInt32), ("255.255.255.255", .max), ("127.0.0.1", 0x7F00_0001), ("192.0.2.1", 0xC000_0201),
    ])
    func dottedQuadsAreReadAndPrinted(text: String, value: UInt32) {
        #expect(IPAddress(text) == IPAddress(ipv4: value))
        #expect(IPAddress(ipv4: value).description == text)
    }

    /// inet_aton reads several of these as something else than a person would: none is an address here.
    @Test(arguments: [
        "", ".", "1", "1.2", "1.2.3", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4.", "1.2.3.4.5", "256.0.0.1", "1.2.3.256",
        "01.2.3.4", "1.2.3.00", "0x7f.0.0.1", "1.2.3.4 ", " 1.2.3.4", "1.2.3.+4", "1.2.3.-4", "1.2.3.4\0", "1.2.3.4/8",
        "٣.2.3.4", "1.2.3.1000", "2130706433",
    ])
    func anythingElseIsNoDottedQuad(text: String) {
        #expect(IPAddress(text) == nil)
    }

    /// RFC 5952 4 and 5, and what RFC 4291 2.2 allows on input.
    @Test(arguments: [
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("0:0:0:0:0:0:0:0", "::"),
        ("2001:DB8::1", "2001:db8::1"), ("2001:0db8:0000:0000:0000:0000:0002:0001", "2001:db8::2:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("0:0:1:0:0:0:0:0", "0:0:1::"), ("1:0:0:0:0:0:0:0", "1::"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("::FFFF:c000:0201", "::ffff:192.0.2.1"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("::192.0.2.1", "::c000:201"),
        ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("fe80::1", "fe80::1"),
    ])
    func ipv6IsReadInEveryFormAndPrintedInOne(text: String, canonical: String) {
        let address = IPAddress(text)
        #expect(address?.family == .ipv6)
        #expect(address?.description == canonical)
        #expect(IPAddress(canonical) == address)
    }

    @Test(arguments: [
        ":", ":::", "1", "1:", ":1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8", "12345::", "g::", "::1%eth0", "[::1]", "::1 ", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3",
        "::1.2.3.4:5", "::01.2.3.4", "1.2.3.4::", "::ffff:1.2.3.256", "1:2:3:4:5::6:7:8:9", "::1\0", "1:::2", "::-1",
    ])
    func anythingElseIsNoIPv6(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func everyAddressComesBackFromItsText() {
        let seed = Seeded.freshSeed()
        var random = Seeded(seed)
        for _ in 0..<5_000 {
            var address = random.address()
            if address.family == .ipv6 {
                // Zero groups in random places: they are where the difficulty is.
                let mask = (0..<8).map { _ in Bool.random(using: &random) ? 0xFFFF as UInt64 : 0 }
                let high = mask[..<4].reduce(0) { $0 << 16 | $1 }
                let low = mask[4...].reduce(0) { $0 << 16 | $1 }
                address = TransportAddress(
                    ip: IPAddress(ipv6High: address.ip.high & high, low: address.ip.low & low), port: address.port)
            }
            #expect(IPAddress(address.ip.description) == address.ip, "seed \(seed)")
            #expect(TransportAddress(address.description) == address, "seed \(seed)")
        }
    }

    @Test func transportAddressesHaveBracketsAroundIPv6() {
        #expect(TransportAddress("192.0.2.1:3478") == TransportAddress(ip: IPAddress(ipv4: 0xC000_0201), port: 3478))
        #expect(
            TransportAddress("[2001:db8::1]:0")
                == TransportAddress(ip: IPAddress(ipv6High: 0x2001_0DB8_0000_0000, low: 1), port: 0))
        #expect(TransportAddress("[::1]:65535")?.description == "[::1]:65535")
    }

    @Test(arguments: [
        "1.2.3.4", "1.2.3.4:", ":80", "::1:80", "[::1]", "[::1]:", "[1.2.3.4]:80", "1.2.3.4:65536", "1.2.3.4:+80",
        "1.2.3.4:-1", "1.2.3.4: 80", "1.2.3.4:080000", "[::1:80", "::1]:80", "",
    ])
    func anythingElseIsNoTransportAddress(text: String) {
        #expect(TransportAddress(text) == nil)
    }

    @Test func addressesAreOrderedByValue() {
        let sorted = ["9.0.0.0", "10.0.0.0", "255.0.0.0", "::", "::2", "1::"].map { IPAddress($0)! }
        #expect(sorted.shuffled().sorted() == sorted)
    }

    @Test func anAddressIsSmall() {
        #expect(MemoryLayout<IPAddress>.size == 17)
        #expect(MemoryLayout<TransportAddress>.size <= 20)
    }
}
