import NIOCore
import NIOEmbedded
import STUN
import Testing

@testable import CompanionServer

/// The header in front of handed-over connections, byte by byte.
@Suite("PROXY header")
struct ProxyHeaderTests {
    @Test("IPv4 and IPv6 clients are read, and the bytes behind the header are left")
    func addresses() throws {
        let four = try #require(try ProxyHeader.parse(ProxyBytes.ipv4("192.0.2.7", 50_000) + [1, 2, 3]))
        #expect(four.header.source?.description == "192.0.2.7:50000")
        #expect(four.byteCount == 28)
        let six = try #require(try ProxyHeader.parse(ProxyBytes.ipv6("2001:db8::7", 443)))
        #expect(six.header.source?.description == "[2001:db8::7]:443")
        #expect(six.byteCount == 52)
    }

    @Test("an IPv4 address inside an IPv6 one is the IPv4 client")
    func mapped() throws {
        let parsed = try #require(try ProxyHeader.parse(ProxyBytes.ipv6("::ffff:192.0.2.7", 443)))
        #expect(parsed.header.source?.description == "192.0.2.7:443")
    }

    @Test("a connection of the relay's own has no client")
    func local() throws {
        let parsed = try #require(try ProxyHeader.parse(ProxyBytes.header(command: 0x20, family: 0, body: [])))
        #expect(parsed.header.source == nil)
        // What stands behind LOCAL is skipped, whatever it is.
        let skipped = try #require(
            try ProxyHeader.parse(ProxyBytes.header(command: 0x20, family: 0x11, body: Array(repeating: 9, count: 40))))
        #expect(skipped.header.source == nil)
        #expect(skipped.byteCount == 56)
    }

    @Test("every shorter piece of a header is waited for")
    func pieces() throws {
        let whole = ProxyBytes.ipv6("2001:db8::7", 443)
        for count in 0..<whole.count {
            #expect(try ProxyHeader.parse(whole.prefix(count)) == nil, "\(count) bytes")
        }
    }

    @Test("a wrong byte fails without waiting for more")
    func signature() {
        for index in 0..<12 {
            var bytes = Array(ProxyHeader.signature.prefix(index + 1))
            bytes[index] ^= 0x20
            #expect(throws: ProxyHeader.Failure.signature) { try ProxyHeader.parse(bytes) }
        }
        #expect(throws: ProxyHeader.Failure.signature) { try ProxyHeader.parse(Array("GET / HTTP/1.1\r\n".utf8)) }
        #expect(throws: ProxyHeader.Failure.signature) {
            try ProxyHeader.parse(Array("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n".utf8))
        }
    }

    @Test(
        "other versions, commands, families and transports are refused",
        arguments: [
            (UInt8(0x11), UInt8(0x11), ProxyHeader.Failure.version), (0x31, 0x11, .version), (0x22, 0x11, .command),
            (0x2F, 0x11, .command), (0x21, 0x00, .family), (0x21, 0x31, .family), (0x21, 0x41, .family),
            (0x21, 0x12, .transport), (0x21, 0x20, .transport), (0x21, 0x13, .transport),
        ])
    func refused(command: UInt8, family: UInt8, failure: ProxyHeader.Failure) {
        let bytes = ProxyBytes.header(command: command, family: family, body: Array(repeating: 0, count: 36))
        #expect(throws: failure) { try ProxyHeader.parse(bytes) }
    }

    @Test("lengths that are too short or too long are refused before the rest is there")
    func lengths() {
        #expect(throws: ProxyHeader.Failure.length) {
            try ProxyHeader.parse(ProxyBytes.header(command: 0x21, family: 0x11, body: Array(repeating: 0, count: 11)))
        }
        #expect(throws: ProxyHeader.Failure.length) {
            try ProxyHeader.parse(ProxyBytes.header(command: 0x21, family: 0x21, body: Array(repeating: 0, count: 35)))
        }
        #expect(throws: ProxyHeader.Failure.length) {
            try ProxyHeader.parse(ProxyHeader.signature + [0x21, 0x11, 0xFF, 0xFF])
        }
    }

    @Test("extensions are skipped when they are whole, and refused when they are not")
    func extensions() throws {
        let plain = Array(ProxyBytes.ipv4("192.0.2.7", 1).dropFirst(16))
        let whole = ProxyBytes.header(command: 0x21, family: 0x11, body: plain + [0x04, 0, 2, 7, 7, 0x20, 0, 0])
        #expect(try ProxyHeader.parse(whole)?.header.source?.port == 1)
        for cut in [[0x04], [0x04, 0], [0x04, 0, 3, 7, 7]] as [[UInt8]] {
            let bytes = ProxyBytes.header(command: 0x21, family: 0x11, body: plain + cut)
            #expect(throws: ProxyHeader.Failure.extension) { try ProxyHeader.parse(bytes) }
        }
    }

    @Test("no random bytes trap or are taken for a client without the signature")
    func random() {
        var generator = SeededGenerator(seed: 17)
        for _ in 0..<20_000 {
            var bytes = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
                UInt8.random(in: .min ... .max, using: &generator)
            }
            if Bool.random(using: &generator) { bytes = ProxyHeader.signature + bytes }
            if let parsed = try? ProxyHeader.parse(bytes) { #expect(parsed.byteCount <= bytes.count) }
        }
    }

    @Test("the handler passes on what follows, byte by byte as well, and then is gone")
    func handler() throws {
        let bytes = ProxyBytes.ipv4("192.0.2.7", 50_000) + Array("GET".utf8)
        for size in [1, 5, bytes.count] {
            let headers = FoundHeaders()
            let channel = EmbeddedChannel(handler: ProxyHeaderHandler { headers.append($0) })
            var rest = bytes[...]
            while !rest.isEmpty {
                try channel.writeInbound(ByteBuffer(bytes: rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            var passed = ""
            while let piece = try channel.readInbound(as: ByteBuffer.self) { passed += String(buffer: piece) }
            #expect(passed == "GET")
            #expect(headers.all.map { $0.source?.port } == [50_000])
            #expect(throws: (any Error).self) {
                try channel.pipeline.syncOperations.handler(type: ProxyHeaderHandler.self)
            }
            _ = try? channel.finish()
        }
    }

    @Test("a connection without a header is closed")
    func handlerCloses() throws {
        let channel = EmbeddedChannel(handler: ProxyHeaderHandler { _ in })
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/x")).wait()
        try channel.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\n"))
        #expect(!channel.isActive)
        #expect(try channel.readInbound(as: ByteBuffer.self) == nil)
    }
}
