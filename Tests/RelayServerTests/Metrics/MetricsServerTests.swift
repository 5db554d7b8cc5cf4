import Foundation
import Glibc
import LocalHTTP
import Logging
import STUN
import Synchronization
import TestSupport
import Testing

@testable import RelayServer

@Suite struct MetricsServerTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func serving(
        _ control: FakeControl = FakeControl(), at text: String = "127.0.0.1:0", patience: Duration = .seconds(5),
        _ body: (TransportAddress) async throws -> Void
    ) async throws {
        let address = try #require(TransportAddress(text))
        let server = MetricsServer(
            control: control, address: address, on: HTTPThread(), logger: Self.quiet, patience: patience)
        let bound = try await server.start()
        #expect(bound.ip == address.ip && bound.port != 0)
        do {
            try await body(bound)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    @Test(arguments: ["127.0.0.1:0", "[::1]:0"])
    func metricsAreServedInPrometheusText(_ address: String) async throws {
        try await serving(at: address) { bound in
            let answer = try await get(bound, "/metrics")
            #expect(answer.status == 200)
            #expect(answer.head.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8"))
            #expect(answer.body == RelayMetrics.text(.sample))
            let head = try await get(bound, "/metrics", method: "HEAD")
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(try await get(bound, "/").status == 404)
            #expect(try await get(bound, "/metrics", method: "POST").status == 405)
        }
    }

    @Test func readinessTellsLoadAndPorts() async throws {
        let control = FakeControl()
        try await serving(control) { bound in
            let answer = try await get(bound, "/readyz")
            #expect(answer.status == 200)
            #expect(
                answer.body == #"{"allocations":4,"draining":false,"load":0.25,"portsFree":16380,"#
                    + #""portsTotal":16384,"ready":true}"#)
            #expect(try await get(bound, "/livez").body == "ok\n")

            await control.drain(true)
            let draining = try await get(bound, "/readyz")
            #expect(draining.status == 503 && draining.body.contains(#""reason":"draining""#))
            #expect(try await get(bound, "/livez").status == 200)

            await control.drain(false)
            control.state.withLock { $0.portsFree = 0 }
            let full = try await get(bound, "/readyz")
            #expect(full.status == 503 && full.body.contains("no relay port is free"))
            control.state.withLock { ($0.portsFree, $0.load) = (5, 1.2) }
            let busy = try await get(bound, "/readyz")
            #expect(busy.status == 503 && busy.body.contains(#""load":1"#))
        }
    }

    @Test func loopsThatDoNotAnswerAreNotAlive() async throws {
        let control = FakeControl()
        control.delay.withLock { $0 = .seconds(3) }
        try await serving(control, patience: .milliseconds(50)) { bound in
            // Whoever waited for the loops would be told that they live.
            let answer = try await get(bound, "/livez")
            #expect(answer.status == 503)
        }
    }

    @Test func aPortThatIsTakenIsNamed() async throws {
        try await serving { bound in
            let second = MetricsServer(control: FakeControl(), address: bound, on: HTTPThread(), logger: Self.quiet)
            let failure = await #expect(throws: ListenFailure.self) { try await second.start() }
            #expect(
                failure?.description == "metrics: cannot listen on \(bound): Address already in use; "
                    + "choose another with --metrics")
        }
    }

    @Test func connectionsBeyondTheBoundAreClosedAndOthersServed() async throws {
        try await serving { bound in
            let silent = (0..<200).compactMap { _ in try? connected(bound) }
            #expect(silent.count == 200)
            try await Task.sleep(for: .milliseconds(200))
            for descriptor in silent { close(descriptor) }
            try await Task.sleep(for: .milliseconds(100))
            #expect(try await get(bound, "/livez").status == 200)
        }
    }

    private func get(
        _ address: TransportAddress, _ path: String, method: String = "GET"
    ) async throws -> (status: Int, head: String, body: String) {
        try await blocking {
            let descriptor = try connected(address)
            defer { close(descriptor) }
            let request = "\(method) \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            _ = request.withCString { send(descriptor, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
            var answer: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { break }
                answer += buffer[..<count]
            }
            let text = String(decoding: answer, as: UTF8.self)
            let end = try #require(text.firstRange(of: "\r\n\r\n"))
            let status = try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) })
            return (status, String(text[..<end.lowerBound]), String(text[end.upperBound...]))
        }
    }
}

/// A TCP connection to a loopback address.
private func connected(_ address: TransportAddress) throws -> Int32 {
    let descriptor = socket(address.family == .ipv4 ? AF_INET : AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
    limitReceiving(descriptor, seconds: 30)
    var storage = sockaddr_storage()
    let size = withUnsafeMutableBytes(of: &storage) { bytes -> Int in
        if address.family == .ipv4 {
            var inet = sockaddr_in()
            inet.sin_family = sa_family_t(AF_INET)
            inet.sin_port = address.port.bigEndian
            inet.sin_addr.s_addr = address.ip.ipv4.bigEndian
            bytes.storeBytes(of: inet, as: sockaddr_in.self)
            return MemoryLayout<sockaddr_in>.size
        }
        var inet = sockaddr_in6()
        inet.sin6_family = sa_family_t(AF_INET6)
        inet.sin6_port = address.port.bigEndian
        inet.sin6_addr = in6addr_loopback
        bytes.storeBytes(of: inet, as: sockaddr_in6.self)
        return MemoryLayout<sockaddr_in6>.size
    }
    let result = withUnsafePointer(to: &storage) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(size)) }
    }
    try #require(result == 0)
    return descriptor
}
