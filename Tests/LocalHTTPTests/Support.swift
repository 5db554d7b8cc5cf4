import Foundation
import Glibc
import LocalHTTP
import Logging
import Synchronization
import TestSupport
import Testing

/// Tells what it was asked; paths under `/slow` wait until they are let go.
final class Echo: HTTPResponder {
    private struct State {
        var asked = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
        var isOpen = false
    }
    private let state = Mutex(State())

    /// Requests that came to it.
    var asked: Int { state.withLock { $0.asked } }
    /// Requests that wait.
    var held: Int { state.withLock { $0.waiting.count } }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        state.withLock { $0.asked += 1 }
        if request.path.hasPrefix("/slow") {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if !state.isOpen { state.waiting.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
        }
        if request.path == "/large" {
            return HTTPResponse(.ok, type: "text/plain", body: [UInt8](repeating: 0x78, count: 32 << 20))
        }
        let text = "\(request.method) \(request.path) \(String(decoding: request.body, as: UTF8.self))"
        return HTTPResponse(.ok, type: "text/plain", body: text.utf8)
    }

    func answer(_ refusal: HTTPRefusal) -> HTTPResponse {
        HTTPResponse(refusal.status, type: "text/plain", body: refusal.code.utf8)
    }

    /// Lets all go that wait, and those that will come.
    func letGo() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// Runs `body` with a service on a port of 127.0.0.1.
func serving(
    _ limits: HTTPLimits = HTTPLimits(), _ body: (_ echo: Echo, _ port: UInt16) async throws -> Void
) async throws {
    let echo = Echo()
    let bound = Bound()
    let service = makeService(limits, echo, bound)
    try await service.start()
    do {
        try await body(echo, bound.port.withLock { $0 })
    } catch {
        echo.letGo()
        await service.stop()
        throw error
    }
    echo.letGo()
    await service.stop()
}

/// The port of a service.
final class Bound: Sendable {
    let port = Mutex<UInt16>(0)
}

func makeService(_ limits: HTTPLimits, _ echo: Echo, _ bound: Bound) -> HTTPService {
    HTTPService(
        name: "test", on: HTTPThread(), limits: limits, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) {
        HTTPService.Listener(
            at: .tcp(address: "127.0.0.1", port: bound.port.withLock { $0 }), responder: echo,
            didListen: { port in bound.port.withLock { $0 = port ?? 0 } })
    }
}

/// Polls until `condition` holds.
func eventually(_ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while try await !condition() {
        try #require(ContinuousClock.now < deadline)
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// Nobody listens.
struct Refused: Error {}

/// A client's connection. Its calls run on threads of their own.
struct Client {
    let descriptor: Int32

    init(_ port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // The array has the layout of a `timeval`.
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, [60, 0], socklen_t(2 * MemoryLayout<Int>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw Refused()
        }
    }

    /// What `body` returns with a connection that is closed after it.
    static func with<Value: Sendable>(
        _ port: UInt16, _ body: @escaping @Sendable (Client) throws -> Value
    ) async throws -> Value {
        try await blocking {
            let client = try Client(port)
            defer { client.end() }
            return try body(client)
        }
    }

    func end() { close(descriptor) }

    /// Whether all of it went away.
    @discardableResult
    func send(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Says that no more will be sent.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Returns once something has come; it stays to be received.
    func waitForBytes() {
        var byte: UInt8 = 0
        _ = recv(descriptor, &byte, 1, Int32(MSG_PEEK))
    }

    /// What comes until the other side says no more, or until it ends in `text`.
    func receive(until text: String? = nil) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while text.map({ !bytes.suffix($0.utf8.count).elementsEqual($0.utf8) }) ?? true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The answer to a request that is the last.
    static func answer(_ port: UInt16, _ request: String) async throws -> String {
        try await with(port) { client in
            client.send(request)
            return client.receive()
        }
    }
}

/// A request's bytes.
func request(_ line: String, _ fields: [String] = [], body: String = "") -> String {
    "\(line) HTTP/1.1\r\n" + (["Host: x"] + fields).map { "\($0)\r\n" }.joined() + "\r\n" + body
}
