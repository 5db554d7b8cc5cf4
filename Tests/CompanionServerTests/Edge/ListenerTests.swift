import Companion
import Foundation
import NIOCore
import NIOSSL
import Synchronization
import Testing

@testable import CompanionServer

/// Listeners with real sockets.
@Suite("Listeners", .timeLimit(.minutes(2)))
struct ListenerTests {
    @Test("both listeners serve; TLS 1.2 and 1.3 do, 1.1 and plain HTTP do not")
    func listeners() async throws {
        try await TestServer.run { server in
            let port = server.port.withLock { $0 }
            for version in [TLSVersion.tlsv12, .tlsv13] {
                let wire = try await Wire.tls(port: port, highest: version)
                try await wire.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(await wire.reply()?.status == 200)
                await wire.close()
            }
            let old = try? await Wire.tls(port: port, highest: .tlsv11, lowest: .tlsv1)
            try? await old?.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await old?.reply() == nil)
            let plain = try await Wire.plain(port: port)
            try await plain.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await plain.reply() == nil)
            let handed = try await server.wire()
            try await handed.send("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await handed.reply()?.text == #"{"status":"ready"}"#)
        }
    }

    @Test("a client that offers HTTP/2 as well gets HTTP/1.1")
    func applicationProtocol() async throws {
        try await TestServer.run { server in
            let wire = try await Wire.tls(port: server.port.withLock { $0 }, protocols: ["h2", "http/1.1"])
            try await wire.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await wire.reply()?.status == 200)
        }
    }

    @Test("a new certificate is shown to new connections, a broken one is not used")
    func certificate() async throws {
        try await TestServer.run { server in
            let listener = EdgeSettings.TLSListener(
                host: "127.0.0.1", port: 0, certificateFile: server.certificate, privateKeyFile: server.privateKey)
            let identity = try TLSIdentity(listener)
            #expect(try !identity.reloadIfChanged())
            let before = identity.context
            for name in [server.certificate, server.privateKey] { try FileManager.default.removeItem(atPath: name) }
            #expect(throws: ListenFailure.self) { try identity.reloadIfChanged() }
            #expect(identity.context === before)
            // What is broken is told once.
            #expect(try !identity.reloadIfChanged())
            try TestServer.makeCertificate(server.certificate, server.privateKey)
            #expect(try identity.reloadIfChanged())
            #expect(identity.context !== before)
        }
    }

    @Test("the hand-over socket is its owner's alone, and gone at the end")
    func socketFile() async throws {
        let path = Shared("")
        try await TestServer.run { server in
            path.set(server.socketPath)
            let facts = try #require(FileFacts(server.socketPath))
            #expect(facts.isSocket && facts.permissions & 0o777 == 0o600)
            let folder = try #require(FileFacts((server.socketPath as NSString).deletingLastPathComponent))
            #expect(folder.permissions & 0o777 == 0o700)
        }
        #expect(FileFacts(path.value) == nil)
    }

    @Test("a live socket is an error of one line, a dead one is replaced, another file is left alone")
    func occupied() async throws {
        try await TestServer.run { server in
            let failure = #expect(throws: ListenFailure.self) { _ = try HandOverSocketFile(path: server.socketPath) }
            #expect(failure?.description.contains("another companion listens on it") == true)
            #expect(failure?.description.contains("\n") == false)
            let file = server.folder.path + "/run/note"
            try "x".write(toFile: file, atomically: true, encoding: .utf8)
            #expect(throws: ListenFailure.self) { _ = try HandOverSocketFile(path: file) }
            // One byte more than NIO binds.
            let tooLong = (server.folder.path + "/").padding(toLength: 104, withPad: "a", startingAt: 0)
            let long = #expect(throws: ListenFailure.self) { _ = try HandOverSocketFile(path: tooLong) }
            #expect(long?.description.contains("at most 103 bytes") == true)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o777], ofItemAtPath: server.folder.path + "/run")
            #expect(throws: ListenFailure.self) {
                _ = try HandOverSocketFile(path: server.folder.path + "/run/other")
            }
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o700], ofItemAtPath: server.folder.path + "/run")
            // A socket whose process is gone: bound, never removed. (NIO removes what is where it was bound.)
            let dead = server.folder.path + "/run/dead"
            let channel = try await LocalListener.bind(dead + "-elsewhere")
            try FileManager.default.moveItem(atPath: dead + "-elsewhere", toPath: dead)
            try await channel.close()
            #expect(FileFacts(dead)?.isSocket == true)
            var replaced = try HandOverSocketFile(path: dead)
            let second = try await LocalListener.bind(replaced.bindPath)
            try replaced.publish()
            #expect(FileFacts(dead)?.permissions == 0o600)
            try await second.close()
            replaced.remove()
            #expect(FileFacts(dead) == nil)
        }
    }

    @Test("without a listener, and with an address in use, the start fails with one line")
    func failures() async throws {
        try await TestServer.run { server in
            for edge in [
                EdgeSettings(),
                EdgeSettings(
                    tls: .init(
                        host: "127.0.0.1", port: server.port.withLock { $0 }, certificateFile: server.certificate,
                        privateKeyFile: server.privateKey)),
                EdgeSettings(
                    tls: .init(
                        host: "192.0.2.77", port: 0, certificateFile: server.certificate,
                        privateKeyFile: server.privateKey)),
                EdgeSettings(
                    tls: .init(host: "127.0.0.1", port: 0, certificateFile: "/none", privateKeyFile: "/none")),
                EdgeSettings(handOverSocket: server.socketPath),
            ] {
                let parts = ServerParts(
                    serviceName: "x", routes: [], sessions: NobodySignedIn(), redeem: { _, _ in nil },
                    attach: { _ in throw CancellationError() }, isReady: { true })
                let app = CompanionServerApp(
                    parts: parts, settings: CompanionServerSettings(edge: edge), logger: server.core.logger,
                    now: { 0 })
                let failure = await #expect(throws: ListenFailure.self) { try await app.run { _ in } }
                #expect(failure?.description.contains("\n") == false)
            }
        }
    }

    @Test("a stop ends although connections and sockets are open")
    func stop() async throws {
        let wires = Shared<[Wire]>([])
        let clock = ContinuousClock()
        let began = Shared(clock.now)
        var limits = EdgeLimits()
        (limits.firstRequestSeconds, limits.idleSeconds, limits.stallSeconds) = (3_600, 3_600, 3_600)
        try await TestServer.run(limits: limits) { server in
            let idle = try await server.wire()
            try await idle.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await idle.reply()?.status == 200)
            let silent = try await server.wire()
            let half = try await server.wire()
            try await half.send("POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
            wires.set([idle, silent, half])
            began.set(clock.now)
        }
        // Far above what it takes, on a busy machine too; waiting for the clients would take an hour.
        #expect(clock.now - began.value < .seconds(120))
        for wire in wires.value { #expect(await wire.readToEnd() != nil) }
    }

    @Test("a client has so many connections and no more; others are served")
    func perAddress() async throws {
        var limits = EdgeLimits()
        limits.connectionsPerAddressMax = 2
        try await TestServer.run(limits: limits) { server in
            var open: [Wire] = []
            for _ in 0..<2 {
                let wire = try await server.wire()
                try await wire.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(await wire.reply()?.status == 200)
                open.append(wire)
            }
            let third = try await server.wire()
            #expect(await third.readToEnd() == [])
            let other = try await server.wire(from: "192.0.2.2")
            try await other.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await other.reply()?.status == 200)
            await open[0].close()
            // Its place is free once the server has seen the end.
            var served = false
            for _ in 0..<100 where !served {
                let next = try await server.wire()
                try? await next.send("GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                served = await next.reply()?.status == 200
            }
            #expect(served)
        }
    }

    @Test("whoever says nothing, or too little, is closed in time")
    func deadlines() async throws {
        var limits = EdgeLimits()
        limits.firstRequestSeconds = 4
        limits.idleSeconds = 4
        try await TestServer.run(limits: limits) { server in
            let noHeader = try await Wire.handOver(server.socketPath, header: [])
            let partHeader = try await Wire.handOver(server.socketPath, header: Array(ProxyHeader.signature.prefix(7)))
            let noRequest = try await server.wire()
            let partRequest = try await server.wire()
            // On a busy machine it may be closed before it has spoken: closed is what it has to be.
            try? await partRequest.send("GET /livez HTTP/1.1\r\nHo")
            let noHandshake = try await Wire.plain(port: server.port.withLock { $0 })
            let partBody = try await server.wire()
            try? await partBody.send(
                "POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 9\r\n\r\n{"
            )
            let idle = try await server.wire()
            try? await idle.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            for wire in [noHeader, partHeader, noRequest, partRequest, noHandshake] {
                #expect(await wire.readToEnd() == [])
            }
            #expect(await idle.readToEnd() != nil)
            #expect(await partBody.readToEnd() != nil)
        }
    }
}
