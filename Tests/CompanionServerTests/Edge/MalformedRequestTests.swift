import Testing

@testable import CompanionServer

/// What is no well-formed HTTP, and what two readers would take for different requests [ASVS 5.0 4.2.1].
@Suite("Malformed requests", .timeLimit(.minutes(2)))
struct MalformedRequestTests {
    private static let post =
        "POST /api/v1/sessions HTTP/1.1\r\nHost: call.example\r\nContent-Type: application/json\r\n"
    private static let smuggled = "GET /livez HTTP/1.1\r\nHost: call.example\r\n\r\n"

    /// Name and bytes of requests that are refused with a 400 and the end of the connection.
    private static let refused: [(String, String)] = [
        ("two lengths", post + "Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}" + smuggled),
        ("the same length twice", post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
        ("a list of lengths", post + "Content-Length: 2, 2\r\n\r\n{}"),
        ("length and chunks", post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled),
        ("chunks and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + smuggled),
        ("an unknown coding", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + smuggled),
        ("chunked not last", post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + smuggled),
        ("a negative length", post + "Content-Length: -1\r\n\r\n"),
        ("a length with a sign", post + "Content-Length: +2\r\n\r\n{}"),
        ("a length beyond all numbers", post + "Content-Length: 99999999999999999999999\r\n\r\n{}"),
        ("a blank before the colon", post + "Content-Length : 2\r\n\r\n{}"),
        ("a folded header", post + "X-A: 1\r\n 2\r\nContent-Length: 2\r\n\r\n{}"),
        ("a zero byte", "GET /livez HTTP/1.1\r\nHost: a\0b\r\n\r\n"),
        ("no version", "GET /livez\r\n\r\n"),
        ("a version that does not exist", "GET /livez HTTP/9.9\r\nHost: x\r\n\r\n"),
        ("no HTTP", "\u{16}\u{3}\u{1}\u{2}\r\n\r\n"),
        ("a header without a colon", "GET /livez HTTP/1.1\r\nHost\r\n\r\n"),
    ]

    @Test("are refused before anything is done, and nothing behind them is served", arguments: refused)
    func refusals(name: String, bytes: String) async throws {
        try await TestServer.run { server in
            let wire = try await server.wire()
            try await wire.send(bytes)
            let received = try #require(await wire.readToEnd(), "\(name): the connection stays open")
            let text = String(decoding: received, as: UTF8.self)
            #expect(!text.contains("alive"), "\(name): what was smuggled was served")
            guard let (reply, count) = Reply.parse(received) else {
                // Closed without an answer: where one could be half written already.
                #expect(received.isEmpty, "\(name): \(text)")
                return
            }
            #expect(reply.status == 400, "\(name): \(text)")
            #expect(count == received.count, "\(name): more than one answer")
            #expect(reply["connection"] == "close")
            #expect(reply.code == "malformed_request" || reply.code == "invalid", "\(name): \(reply.text)")
        }
    }

    @Test("a chunk that is none, in a body, ends the connection")
    func chunk() async throws {
        try await TestServer.run { server in
            let wire = try await server.wire()
            try await wire.send(Self.post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n" + Self.smuggled)
            let text = String(decoding: try #require(await wire.readToEnd()), as: UTF8.self)
            #expect(!text.contains("alive"))
        }
    }

    @Test("headers that are too many or too long are refused with 431")
    func headers() async throws {
        try await TestServer.run { server in
            let limits = EdgeLimits()
            for fields in [
                (0..<limits.headerFieldsMax + 1).map { "X-\($0): 1\r\n" }.joined(),
                "X-Long: \(String(repeating: "a", count: limits.headerFieldBytesMax + 1))\r\n",
                (0..<3).map { "X-\($0): \(String(repeating: "a", count: 6000))\r\n" }.joined(),
            ] {
                let wire = try await server.wire()
                try await wire.send("GET /livez HTTP/1.1\r\nHost: x\r\n\(fields)\r\n")
                let reply = await wire.reply()
                #expect(reply?.status == 431)
                #expect(reply?.code == "headers_too_large")
                #expect(await wire.readToEnd() != nil)
            }
            let wire = try await server.wire()
            try await wire.send("GET /\(String(repeating: "a", count: 20_000)) HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await wire.reply()?.status == 431)
        }
    }

    @Test("requests behind each other on a connection are answered in their order")
    func pipelined() async throws {
        try await TestServer.run { server in
            let wire = try await server.wire()
            try await wire.send(Self.smuggled + Self.post + "Content-Length: 2\r\n\r\n{}" + Self.smuggled)
            #expect(await wire.reply()?.status == 200)
            #expect(await wire.reply()?.status == 400)
            #expect(await wire.reply()?.status == 200)
        }
    }

    @Test("an upgrade behind another request is refused and the connection ends")
    func lateUpgrade() async throws {
        try await TestServer.run { server in
            let wire = try await server.wire()
            try await wire.send(
                Self.smuggled
                    + "GET /ws?ticket=x HTTP/1.1\r\nHost: call.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            #expect(await wire.reply()?.status == 200)
            let reply = await wire.reply()
            #expect(reply?.status == 426)
            #expect(reply?.code == "upgrade_required")
            #expect(reply?["connection"] == "close")
            #expect(await wire.readToEnd() != nil)
        }
    }

    @Test("no random bytes stop the server")
    func random() async throws {
        try await TestServer.run { server in
            var generator = SeededGenerator(seed: 3)
            let base = Array((Self.post + "Content-Length: 2\r\n\r\n{}").utf8)
            for _ in 0..<60 {
                var bytes = base
                for _ in 0..<Int.random(in: 1...8, using: &generator) {
                    let index = Int.random(in: 0..<bytes.count, using: &generator)
                    bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
                }
                let wire = try await server.wire()
                try await wire.send(bytes)
                await wire.close()
            }
            #expect(try await Browser(server).send("GET", "/livez").status == 200)
        }
    }
}
