import COpenSSL
import Dispatch
import Foundation
import Glibc
import RelayCore
import STUN
import Testing

@testable import EventLoop

/// HTTP on a TLS listener goes to the companion, byte for byte.
struct PassageTests {
    private let folder: ScratchFolder
    private let companion: UnixTestServer
    private let loop: RunningLoop

    init() throws {
        folder = try ScratchFolder()
        companion = try UnixTestServer(path: folder.path + "/http.sock")
        loop = try RunningLoop(.tls, tls: folder.tls()) { [path = companion.path] in $0.companionSocket = path }
    }

    private static let request = "GET /page HTTP/1.1\r\nHost: test\r\n\r\n"
    private static let headerCount = 28

    @Test func theCompanionGetsTheProxyHeaderAndThenTheBytes() async throws {
        let client = try TLSTestClient(loop.address)
        client.send(Self.request)
        let connection = try companion.accept()
        var local = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &local) {
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(client.descriptor, $0, &length) }
        }
        let address = TransportAddress(ip: RunningLoop.loopback.ip, port: UInt16(bigEndian: local.sin_port))
        #expect(connection.read(Self.headerCount) == ProxyHeader.bytes(client: address, listener: loop.address))
        #expect(connection.read(Self.request.utf8.count) == Array(Self.request.utf8))
        connection.send("HTTP/1.1 200 OK\r\n\r\nhello")
        connection.end()
        #expect(try client.readToEnd() == "HTTP/1.1 200 OK\r\n\r\nhello")
        let counters = try await loop.counters { $0.passagesOpen == 0 }
        #expect(counters.passagesOpened == 1 && counters.passagesOpen == 0 && counters.passagesRefused == 0)
        #expect(loop.stop())
    }

    @Test func stunIsAnsweredOnTheSamePort() throws {
        let client = try TLSTestClient(loop.address)
        let request: [UInt8] = [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42] + Array(1...12)
        for byte in request { client.send([byte]) }
        let answer = try #require(try client.read())
        #expect(try MessageIndex.parse(answer.span.bytes).type == MessageType(.binding, .success))
        #expect(loop.stop())
    }

    @Test func bytesGoBothWaysUntilTheClientEnds() throws {
        var client: TLSTestClient? = try TLSTestClient(loop.address)
        client?.send(Self.request)
        let connection = try companion.accept()
        _ = connection.read(Self.headerCount + Self.request.utf8.count)
        for round in 0..<100 {
            client?.send("ping \(round)")
            #expect(connection.read("ping \(round)".utf8.count) == Array("ping \(round)".utf8))
            connection.send("pong \(round)")
            #expect(try client?.read() == Array("pong \(round)".utf8))
        }
        client = nil
        #expect(connection.read(1).isEmpty)
        #expect(loop.stop())
    }

    @Test func whatTheCompanionHasNoRoomForHoldsTheClientBack() async throws {
        let client = try TLSTestClient(loop.address)
        client.send(Self.request)
        let connection = try companion.accept()
        let piece = [UInt8](repeating: 7, count: 16_384)
        // More than the kernel and the loop hold for anybody.
        let pieces = 2_000
        // A thread, for it waits: the tasks of all tests share few.
        let written = DispatchSemaphore(value: 0)
        nonisolated(unsafe) let writing = client  // nobody else uses it meanwhile
        Thread {
            for _ in 0..<pieces { writing.send(piece) }
            written.signal()
        }.start()
        let held = try #require(
            await loop.mailbox.ask { loop in
                (0..<UInt32(loop.passages.highWater)).map { loop.passages[$0].pointee.heldCount }.max() ?? 0
            })
        #expect(held <= StreamInput.readBytes + StreamInput.recordBytes + ProxyHeader.byteCountMax)
        let total = Self.headerCount + Self.request.utf8.count + pieces * piece.count
        #expect(connection.read(total).count == total)
        #expect(isSignalled(written))
        #expect(loop.stop())
    }

    /// Not to be called from an asynchronous function by its own name.
    private func isSignalled(_ semaphore: DispatchSemaphore) -> Bool {
        semaphore.wait(timeout: .now() + 60) == .success
    }

    @Test func theEndOfTheLoopIsTheEndOfItsPassages() throws {
        let client = try TLSTestClient(loop.address)
        client.send(Self.request)
        let connection = try companion.accept()
        _ = connection.read(Self.headerCount + Self.request.utf8.count)
        #expect(loop.stop())
        #expect(connection.read(1).isEmpty)
    }
}

/// What clients see when there is nobody to pass them on to.
struct PassageRefusalTests {
    @Test func withoutACompanionTheAnswerIs503() async throws {
        let folder = try ScratchFolder()
        let loop = try RunningLoop(.tls, tls: folder.tls()) { [path = folder.path] in
            $0.companionSocket = path + "/absent"
        }
        let client = try TLSTestClient(loop.address)
        client.send("POST /upload HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello")
        let answer = try client.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("Connection: close\r\n"))
        let parts = answer.split(separator: "\r\n\r\n", maxSplits: 1)
        #expect(parts[0].contains("Content-Length: \(parts[1].utf8.count)"))
        #expect(try await loop.counters { $0.passagesRefused == 1 }.passagesRefused == 1)
        #expect(loop.stop())
    }

    @Test func aFullTableRefusesAndTakesAgainWhenOneEnds() async throws {
        let folder = try ScratchFolder()
        let companion = try UnixTestServer(path: folder.path + "/http.sock")
        let loop = try RunningLoop(.tls, tls: folder.tls()) { [path = companion.path] in
            $0.companionSocket = path
            $0.streams.passagesMax = 1
        }
        var first: TLSTestClient? = try TLSTestClient(loop.address)
        first?.send("GET / HTTP/1.1\r\n\r\n")
        let connection = try companion.accept()
        #expect(connection.read(28).count == 28)
        let second = try TLSTestClient(loop.address)
        second.send("GET / HTTP/1.1\r\n\r\n")
        #expect(try second.readToEnd().hasPrefix("HTTP/1.1 503 "))
        first = nil
        _ = try await loop.counters { $0.passagesOpen == 0 }
        connection.end()
        let third = try TLSTestClient(loop.address)
        third.send("GET / HTTP/1.1\r\n\r\n")
        #expect(try companion.accept().read(28).count == 28)
        #expect(loop.stop())
    }

    @Test func aConnectionThatSaysNothingForTooLongIsClosed() async throws {
        let folder = try ScratchFolder()
        let companion = try UnixTestServer(path: folder.path + "/http.sock")
        let loop = try RunningLoop(.tls, tls: folder.tls()) { [path = companion.path] in
            $0.companionSocket = path
            $0.streams.passageIdleTimeMax = 300
        }
        let client = try TLSTestClient(loop.address)
        client.send("GET / HTTP/1.1\r\n\r\n")
        let connection = try companion.accept()
        #expect(connection.read(28 + 18 + 1).count == 28 + 18)
        let counters = try await loop.counters { $0.connectionsTimedOut == 1 }
        #expect(counters.connectionsTimedOut == 1)
        #expect(loop.stop())
    }
}

/// The header of the PROXY protocol, version 2, as its specification shows it.
struct ProxyHeaderTests {
    private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10]

    @Test func overIPv4() {
        let client = TransportAddress(ip: IPAddress(ipv4: 0xC000_0201), port: 50_000)
        let listener = TransportAddress(ip: IPAddress(ipv4: 0xCB00_7105), port: 443)
        #expect(
            ProxyHeader.bytes(client: client, listener: listener)
                == Self.signature + [0x21, 0x11, 0, 12, 192, 0, 2, 1, 203, 0, 113, 5, 0xC3, 0x50, 1, 0xBB])
    }

    @Test func overIPv6() {
        let client = TransportAddress(ip: IPAddress(ipv6High: 0x2001_0DB8_0000_0000, low: 1), port: 258)
        let listener = TransportAddress(ip: IPAddress(ipv6High: 0x2001_0DB8_0000_0000, low: 2), port: 443)
        let prefix: [UInt8] = [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11)
        #expect(
            ProxyHeader.bytes(client: client, listener: listener)
                == Self.signature + [0x21, 0x21, 0, 36] + prefix + [1] + prefix + [2, 1, 2, 1, 0xBB])
    }
}

/// What a passage holds, and what each may move.
struct HeldBytesTests {
    @Test func whatIsHeldKeepsItsOrder() {
        var passage = Passage(connection: 0)
        passage.hold([1, 2, 3], 3)
        passage.heldOffset = 2
        passage.heldCount = 1
        passage.hold([4, 5], 2)
        #expect(Array(UnsafeBufferPointer(start: passage.held! + passage.heldOffset, count: 3)) == [3, 4, 5])
        passage.releaseHeld()
        #expect(passage.held == nil && passage.heldCount == 0)
    }

    @Test func manyShareWhatOneTurnMoves() {
        #expect(EventLoop.share(of: 0) == StreamInput.readBytes && EventLoop.share(of: 1) == StreamInput.readBytes)
        #expect(EventLoop.share(of: 16) == 16_384)
        #expect(EventLoop.share(of: 100_000) == 4_096)
    }
}
