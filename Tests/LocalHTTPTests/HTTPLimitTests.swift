import Foundation
import Glibc
import LocalHTTP
import Synchronization
import Testing

@Suite("Limits of the service")
struct HTTPLimitTests {
    @Test("one connection too many is closed unheard, and a place is free again when one goes")
    func connections() async throws {
        var limits = HTTPLimits()
        limits.connectionsMax = 2
        try await serving(limits) { echo, port in
            let first = try Client(port)
            let second = try Client(port)
            defer { second.end() }
            // Connections are taken in the order they came: with the second's answer here, both have their place.
            second.send(request("GET /"))
            #expect(second.receive(until: "GET / ").hasSuffix("GET / "))
            #expect(try await Client.answer(port, request("GET /", ["Connection: close"])).isEmpty)
            #expect(echo.asked == 1)
            first.end()
            try await eventually {
                try await Client.answer(port, request("GET /", ["Connection: close"])).hasSuffix("GET / ")
            }
        }
    }

    @Test("a header of too many bytes or fields is answered with 431")
    func headers() async throws {
        try await serving { echo, port in
            let long = String(repeating: "x", count: 17_000)
            for bytes in [
                request("GET /", ["X: \(long)"]), request("GET /\(long)"), "GET / HTTP/1.1\r\nX: \(long)",
                request("GET /", (0..<64).map { "X\($0): 1" }),
                request("GET /", (0..<4).map { "X\($0): \(long.prefix(5000))" }),
            ] {
                let answer = try await Client.answer(port, bytes)
                #expect(answer.hasPrefix("HTTP/1.1 431 Request Header Fields Too Large\r\n"))
                #expect(answer.contains("Connection: close") && answer.hasSuffix("too-large"))
            }
            #expect(echo.asked == 0)
            let fits = request("GET /", ["Connection: close"] + (0..<60).map { "X\($0): \(long.prefix(200))" })
            #expect(try await Client.answer(port, fits).hasSuffix("GET / "))
        }
    }

    @Test("a body of too many bytes is answered with 413, whether or not its length was told")
    func bodies() async throws {
        try await serving(HTTPLimits(bodyBytesMax: 10)) { echo, port in
            let chunk = "6\r\nabcdef\r\n"
            for bytes in [
                // Nothing of it needs to come.
                request("POST /", ["Content-Length: 11"]),
                request("POST /", ["Content-Length: 5000000"], body: String(repeating: "x", count: 5_000_000)),
                request("POST /", ["Content-Length: 11", "Expect: 100-continue"]),
                request("POST /", ["Transfer-Encoding: chunked"], body: chunk + chunk),
            ] {
                let answer = try await Client.answer(port, bytes)
                #expect(answer.hasPrefix("HTTP/1.1 413 "), "\(answer)")
                #expect(answer.hasSuffix("too-large"))
            }
            #expect(echo.asked == 0)
            let fits = request("POST /", ["Content-Length: 10", "Connection: close"], body: "0123456789")
            #expect(try await Client.answer(port, fits).hasSuffix("POST / 0123456789"))
        }
    }

    @Test(
        "a request that does not become complete is answered with 408",
        arguments: ["G", "GET / HTTP/1.1\r\nHost: x\r\n", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc"])
    func unfinished(_ bytes: String) async throws {
        var limits = HTTPLimits()
        limits.requestMilliseconds = 100
        try await serving(limits) { echo, port in
            let answer = try await Client.answer(port, bytes)
            #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n") && answer.hasSuffix("too-slow"))
            // The same after a request that was complete.
            let second = try await Client.with(port) { client in
                client.send(request("GET /"))
                let first = client.receive(until: "GET / ")
                client.send(bytes)
                return first + client.receive()
            }
            #expect(second.contains("GET / ") && second.hasSuffix("too-slow"))
            #expect(echo.asked == 1)
        }
    }

    @Test("a connection that says nothing is closed, before its first request and behind one")
    func silence() async throws {
        var limits = HTTPLimits()
        limits.idleMilliseconds = 100
        try await serving(limits) { _, port in
            let nothing = try await Client.answer(port, "")
            let once = try await Client.answer(port, request("GET /"))
            #expect(nothing.isEmpty && once.hasSuffix("GET / "))
        }
    }

    @Test("an answer that does not come is a 503")
    func noAnswer() async throws {
        var limits = HTTPLimits()
        limits.answerMilliseconds = 100
        try await serving(limits) { _, port in
            let answer = try await Client.answer(port, request("GET /slow"))
            #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n") && answer.hasSuffix("no-answer"))
        }
    }

    @Test("who does not take an answer is cut off, and what was sent ahead is not looked at meanwhile")
    func untaken() async throws {
        var limits = HTTPLimits()
        limits.deliveryMilliseconds = 300
        try await serving(limits) { echo, port in
            let received = try await Client.with(port) { client in
                client.send(request("GET /large") + request("GET /2"))
                client.waitForBytes()
                Thread.sleep(forTimeInterval: 1)
                return client.receive().utf8.count
            }
            #expect(received < 32 << 20)
            #expect(echo.asked == 1)
        }
    }

    @Test("what comes behind the last answer is thrown away for a while only")
    func lingering() async throws {
        var limits = HTTPLimits()
        limits.lingerMilliseconds = 100
        try await serving(limits) { _, port in
            let end = try await Client.with(port) { client in
                client.send(request("POST /", ["Content-Length: 100000"]))
                let answer = client.receive()
                var rounds = 0
                while client.send("x"), rounds < 6000 {
                    Thread.sleep(forTimeInterval: 0.01)
                    rounds += 1
                }
                return (answer, rounds)
            }
            #expect(end.0.hasPrefix("HTTP/1.1 413 ") && end.1 < 6000)
        }
    }

    @Test("a stop waits for the requests under way, but not for ever")
    func stopping() async throws {
        var limits = HTTPLimits()
        limits.stopMilliseconds = 50
        let echo = Echo()
        let bound = Bound()
        let service = makeService(limits, echo, bound)
        try await service.start()
        async let slow = Client.answer(bound.port.withLock { $0 }, request("GET /slow"))
        try await eventually { echo.held == 1 }
        await service.stop()
        #expect(try await slow.isEmpty)
        echo.letGo()
    }
}
