import Companion
import NIOCore
import Signaling
import Synchronization
import Testing

@testable import CompanionServer

/// WebSockets over real connections: who gets one, what ends it, what the others notice of that.
@Suite("Sockets", .timeLimit(.minutes(2)))
struct SocketTests {
    @Test("a ticket and the session's cookie open a socket, over both listeners")
    func open() async throws {
        try await TestServer.run { server in
            let anna = try await server.administrator()
            let ticket = try #require(try await anna.api("POST", "/socket-ticket").json?["ticket"]?.text)
            let (client, reply) = try await SocketClient.open(anna, ticket: ticket)
            #expect(reply["sec-websocket-accept"] == SocketClient.accept)
            #expect(reply["sec-websocket-protocol"] == "tern.v1")
            let socket = try #require(client)
            #expect(await socket.next(type: "welcome")?["person"]?["role"]?.text == "admin")
            try await socket.send(["type": "ping"])
            #expect(await socket.next(type: "pong") != nil)

            let wire = try await Wire.tls(port: server.port.withLock { $0 })
            let second = try #require(try await anna.api("POST", "/socket-ticket").json?["ticket"]?.text)
            try await wire.send(SocketClient.request(anna, ticket: second))
            #expect(await wire.reply()?.status == 101)
            #expect(await SocketClient(wire: wire).next(type: "welcome") != nil)
        }
    }

    @Test("nothing less than all of it opens one, and the refusal says why in the shape of every error")
    func refusals() async throws {
        var settings = CompanionSettings.forTests
        settings.sessions.ticketsPerSessionMax = 32
        try await TestServer.run(settings: settings) { server in
            let root = try await server.administrator()
            let anna = try await server.person("anna", invitedBy: root)
            let bert = try await server.person("bert", invitedBy: root)
            func ticket() async throws -> String {
                try #require(try await anna.api("POST", "/socket-ticket").json?["ticket"]?.text)
            }
            let nobody = Browser(server)
            let cases: [(String, Browser, String?, [String: String], Int, String)] = [
                ("no ticket", anna, nil, [:], 401, "not_signed_in"),
                ("an invented ticket", anna, String(repeating: "a", count: 43), [:], 401, "not_signed_in"),
                ("two tickets", anna, "a&ticket=b", [:], 401, "not_signed_in"),
                ("no cookie", nobody, try await ticket(), [:], 401, "not_signed_in"),
                ("another's cookie", bert, try await ticket(), [:], 401, "not_signed_in"),
                ("no origin", anna, try await ticket(), ["Origin": ""], 403, "foreign_origin"),
                (
                    "another site", anna, try await ticket(), ["Origin": "https://evil.example"], 403, "foreign_origin"
                ),
                ("plain http", anna, try await ticket(), ["Origin": "http://call.example"], 403, "foreign_origin"),
                ("no protocol", anna, try await ticket(), ["Sec-WebSocket-Protocol": ""], 426, "upgrade_required"),
                (
                    "another protocol", anna, try await ticket(), ["Sec-WebSocket-Protocol": "x"], 426,
                    "upgrade_required"
                ),
                ("an old version", anna, try await ticket(), ["Sec-WebSocket-Version": "8"], 426, "upgrade_required"),
                ("no key", anna, try await ticket(), ["Sec-WebSocket-Key": ""], 426, "upgrade_required"),
                ("no upgrade", anna, try await ticket(), ["Upgrade": "", "Connection": ""], 426, "upgrade_required"),
            ]
            for (name, browser, ticket, headers, status, code) in cases {
                let (client, reply) = try await SocketClient.open(
                    browser, ticket: ticket, headers: headers, name: name)
                #expect(client == nil, "\(name)")
                #expect(reply.status == status && reply.code == code, "\(name): \(reply.status) \(reply.text)")
                await client?.wire.close()
            }
        }
    }

    @Test("a ticket opens one socket, also when it is used twice at the same moment, and not for long")
    func once() async throws {
        let time = Mutex<Int64>(1_800_000_000_000)
        try await TestServer.run(now: { time.withLock { $0 } }) { server in
            let anna = try await server.administrator()
            let ticket = try #require(try await anna.api("POST", "/socket-ticket").json?["ticket"]?.text)
            let opened = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<6 { group.addTask { try await SocketClient.open(anna, ticket: ticket).0 != nil } }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(opened == 1)
            let late = try #require(try await anna.api("POST", "/socket-ticket").json?["ticket"]?.text)
            time.withLock { $0 += 31_000 }
            #expect(try await SocketClient.open(anna, ticket: late).1.status == 401)
        }
    }

    @Test("each malformed frame closes its socket with its code, and no other socket")
    func malformed() async throws {
        try await TestServer.run { server in
            let anna = try await server.administrator()
            let other = try await SocketClient.open(anna)
            let large = Array(repeating: UInt8(ascii: " "), count: SocketFrames.messageBytesMax)
            let cases: [(String, Int, @Sendable (SocketClient) async throws -> Void)] = [
                ("unmasked", 1002, { try await $0.send(Array("{}".utf8), isMasked: false) }),
                ("no UTF-8", 1007, { try await $0.send([0x22, 0xFF, 0x22]) }),
                ("binary", 1003, { try await $0.send(opcode: 2, [1]) }),
                ("reserved bit", 1002, { try await $0.send([], reserved: 4) }),
                ("reserved opcode", 1002, { try await $0.send(opcode: 5, []) }),
                ("reserved control opcode", 1002, { try await $0.send(opcode: 11, []) }),
                ("64 KiB and a byte", 1009, { try await $0.send(large + [32]) }),
                (
                    "64 KiB and a byte in pieces", 1009,
                    {
                        try await $0.send(large, isLast: false)
                        try await $0.send(opcode: 0, [32])
                    }
                ),
                ("a continuation of nothing", 1002, { try await $0.send(opcode: 0, [32]) }),
                ("a control frame in pieces", 1002, { try await $0.send(opcode: 9, [], isLast: false) }),
                ("a long ping", 1002, { try await $0.send(opcode: 9, Array(repeating: 1, count: 126)) }),
                (
                    "a flood of pings", 1008,
                    { socket in for _ in 0...SocketFrames.controlFramesMax { try await socket.send(opcode: 10, []) } }
                ),
            ]
            for (name, code, act) in cases {
                let socket = try await SocketClient.open(anna)
                try await act(socket)
                #expect(await socket.closeCode() == code, "\(name)")
                #expect(await socket.wire.readToEnd() != nil, "\(name): stays open")
            }
            try await other.send(["type": "ping"])
            #expect(await other.next(type: "pong") != nil)
        }
    }

    @Test("what is no message of the protocol is answered with an error, and the socket goes on")
    func nonsense() async throws {
        try await TestServer.run { server in
            let socket = try await SocketClient.open(try await server.administrator())
            for text in ["", "x", "{}", "[]", "null", "{\"type\":1}", "{\"type\":\"none\",\"id\":\"1\"}", "{\"type\":"]
            {
                try await socket.send(Array(text.utf8))
                #expect(await socket.next(type: "error") != nil, "\(text)")
            }
            try await socket.send(Array(String(repeating: "[", count: 60_000).utf8))
            #expect(await socket.next(type: "error") != nil)
            try await socket.send(["type": "ping"])
            #expect(await socket.next(type: "pong") != nil)
        }
    }

    @Test("pings are answered with what they hold, a closing frame with a closing frame")
    func control() async throws {
        try await TestServer.run { server in
            let socket = try await SocketClient.open(try await server.administrator())
            try await socket.send(opcode: 9, [1, 2, 3])
            var pong: SocketClient.Frame?
            repeat { pong = await socket.next() } while pong != nil && pong?.opcode != 10
            #expect(pong?.payload == [1, 2, 3])
            try await socket.send(opcode: 8, [3, 232])
            #expect(await socket.closeCode() == 1000)
            #expect(await socket.wire.readToEnd() != nil)
        }
    }

    @Test("signing out, being disabled and an administrator's word end the socket within a second")
    func ended() async throws {
        try await TestServer.run { server in
            let root = try await server.administrator()
            let clock = ContinuousClock()
            let ways: [(String, @Sendable (Browser) async throws -> Reply)] = [
                ("signs out", { try await $0.api("DELETE", "/sessions/current") }),
                (
                    "is disabled",
                    { try await root.api("PATCH", "/admin/people/\($0.personID)", ["state": "disabled"]) }
                ),
                ("is signed out", { try await root.api("POST", "/admin/people/\($0.personID)/sign-out") }),
            ]
            for (index, (name, end)) in ways.enumerated() {
                let anna = try await server.person("anna\(index)", invitedBy: root)
                let socket = try await SocketClient.open(anna)
                let start = clock.now
                #expect(try await end(anna).status < 300, "\(name)")
                #expect(await socket.next(type: "session.ended") != nil, "\(name)")
                #expect(await socket.closeCode() == 4001, "\(name)")
                #expect(clock.now - start < .seconds(1), "\(name)")
                #expect(try await anna.api("GET", "/me").status == 401, "\(name)")
            }
        }
    }

    @Test("a client that does not read is closed, and the server holds little for it")
    func slowReader() async throws {
        var limits = EdgeLimits()
        limits.stallSeconds = 1
        try await TestServer.run(limits: limits) { server in
            let root = try await server.administrator()
            let anna = try await server.person("anna", invitedBy: root)
            let reader = try await SocketClient.open(root)
            let lazy = try await SocketClient.open(anna)
            try await lazy.wire.channel.setOption(.autoRead, value: false).get()
            let notice = DocumentNotice(
                id: "d", room: RoomID("r"), name: String(repeating: "x", count: 8000), type: "text/plain", bytes: 1,
                sha256: "", owner: PersonID("p"), sharedAt: 0)
            let isOver = Shared(false)
            for _ in 0..<2000 where !isOver.value {
                await server.services.hub.announce(.documentShared(notice), to: [anna.personID])
                isOver.set(await server.services.hub.connectedSessions().count < 2)
            }
            #expect(isOver.value, "the lazy client keeps its place")
            try await lazy.wire.channel.setOption(.autoRead, value: true).get()
            try await lazy.wire.channel.closeFuture.get()
            try await reader.send(["type": "ping"])
            #expect(await reader.next(type: "pong") != nil)
        }
    }

    @Test("a stop closes sockets with 1001")
    func stop() async throws {
        let open = Shared<SocketClient?>(nil)
        try await TestServer.run { server in
            open.set(try await SocketClient.open(try await server.administrator()))
        }
        #expect(await open.value?.closeCode() == 1001)
    }
}
