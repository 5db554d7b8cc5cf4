import Foundation
import Glibc
import LocalHTTP
import Synchronization
import TestSupport
import Testing

@Suite("The service")
struct HTTPServiceTests {
    @Test("requests of one connection are answered in their order, also those that are sent ahead")
    func pipelining() async throws {
        try await serving { echo, port in
            let answer = try await Client.with(port) { client in
                client.send(
                    request("GET /1") + request("POST /2", ["Content-Length: 3"], body: "abc") + request("GET /3"))
                let first = client.receive(until: "GET /3 ")
                client.send(request("GET /4", ["Connection: close"]))
                return first + client.receive()
            }
            let bodies = ["GET /1 ", "POST /2 abc", "GET /3 ", "GET /4 "]
            var rest = answer[...]
            for body in bodies {
                let found = try #require(rest.firstRange(of: "Content-Length: \(body.utf8.count)"))
                let end = try #require(rest[found.upperBound...].firstRange(of: body))
                rest = rest[end.upperBound...]
            }
            #expect(rest.isEmpty && echo.asked == 4)
            #expect(answer.components(separatedBy: "Connection: close").count == 2)
        }
    }

    @Test("HEAD is answered with a length and no body")
    func head() async throws {
        try await serving { _, port in
            let answer = try await Client.answer(
                port, request("HEAD /abc") + request("GET /", ["Connection: close"]))
            #expect(answer.components(separatedBy: "HTTP/1.1 200 OK").count == 3)
            #expect(answer.contains("Content-Length: 10\r\n") && !answer.contains("HEAD /abc"))
            #expect(answer.hasSuffix("GET / "))
        }
    }

    @Test("HTTP/1.0 ends after an answer, unless it asks for more")
    func older() async throws {
        try await serving { _, port in
            let once = try await Client.answer(port, "GET / HTTP/1.0\r\n\r\n")
            #expect(once.contains("Connection: close") && once.hasSuffix("GET / "))
            let kept = try await Client.answer(
                port, "GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + "GET /2 HTTP/1.0\r\n\r\n")
            #expect(kept.contains("Connection: keep-alive") && kept.contains("GET /1 ") && kept.hasSuffix("GET /2 "))
        }
    }

    @Test("a client that waits to be asked for its body is asked")
    func expectation() async throws {
        try await serving { _, port in
            let answer = try await Client.with(port) { client in
                client.send(request("POST /", ["Content-Length: 2", "Expect: 100-continue", "Connection: close"]))
                let first = client.receive(until: "\r\n\r\n")
                client.send("ab")
                return (first, client.receive())
            }
            #expect(answer.0 == "HTTP/1.1 100 Continue\r\n\r\n" && answer.1.hasSuffix("POST / ab"))
        }
    }

    @Test("who says that a request was the last still gets its answer")
    func halfClose() async throws {
        try await serving { _, port in
            let answer = try await Client.with(port) { client in
                client.send(request("GET /"))
                client.finish()
                return client.receive()
            }
            #expect(answer.hasSuffix("GET / "))
        }
    }

    @Test(
        "what is no HTTP is answered with 400, behind the answers that are due",
        arguments: [
            "\u{16}\u{3}\u{1}\0\0\0", "GET\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", String(repeating: "A", count: 3000),
        ])
    func malformed(_ bytes: String) async throws {
        try await serving { echo, port in
            #expect(try await Client.answer(port, bytes).hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            let answer = try await Client.answer(port, request("GET /") + bytes)
            #expect(answer.hasPrefix("HTTP/1.1 200 OK") && answer.contains("HTTP/1.1 400 Bad Request\r\n"))
            #expect(echo.asked == 1)
        }
    }

    @Test("an answer that takes long holds up its own connection only")
    func slow() async throws {
        try await serving { echo, port in
            async let slow = Client.answer(port, request("GET /slow", ["Connection: close"]))
            try await eventually { echo.held == 1 }
            #expect(try await Client.answer(port, request("GET /", ["Connection: close"])).hasSuffix("GET / "))
            echo.letGo()
            #expect(try await slow.hasSuffix("GET /slow "))
        }
    }

    @Test("a stop closes what is idle, and lets requests under way be answered")
    func stop() async throws {
        var limits = HTTPLimits()
        limits.stopMilliseconds = 60_000
        let echo = Echo()
        let bound = Bound()
        let service = makeService(limits, echo, bound)
        try await service.start()
        let port = bound.port.withLock { $0 }
        let idle = try Client(port)
        defer { idle.end() }
        async let slow = Client.answer(port, request("GET /slow"))
        try await eventually { echo.held == 1 }
        async let stopped: Void = service.stop()
        #expect(try await blocking { idle.receive() }.isEmpty)
        #expect(throws: Refused.self) { try Client(port) }
        echo.letGo()
        #expect(try await slow.hasSuffix("GET /slow "))
        await stopped
    }

    @Test("a listener that ends on its own is opened again, at its port")
    func reopening() async throws {
        var limits = HTTPLimits()
        limits.reopenMilliseconds = 10
        try await serving(limits) { _, port in
            let listener = try #require(
                (Int32(3)..<4096).first { descriptor in
                    var isListening: Int32 = 0
                    var length = socklen_t(MemoryLayout<Int32>.size)
                    getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &length)
                    return isListening != 0 && localPort(descriptor) == port
                })
            shutdown(listener, Int32(SHUT_RDWR))
            try await eventually {
                (try? await Client.answer(port, request("GET /", ["Connection: close"])))?.hasSuffix("GET / ") == true
            }
        }
    }

    @Test("a port that is taken is told in the system's words")
    func taken() async throws {
        try await serving { echo, port in
            let bound = Bound()
            bound.port.withLock { $0 = port }
            let failure = await #expect(throws: HTTPListenFailure.self) {
                try await makeService(HTTPLimits(), echo, bound).start()
            }
            #expect(failure?.description == "Address already in use")
        }
    }

    private func localPort(_ descriptor: Int32) -> UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        return result == 0 && address.sin_family == AF_INET ? UInt16(bigEndian: address.sin_port) : 0
    }
}
