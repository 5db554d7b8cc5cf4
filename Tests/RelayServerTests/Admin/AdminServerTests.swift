import Foundation
import Glibc
import LocalHTTP
import Logging
import Synchronization
import TestSupport
import Testing

@testable import RelayServer

@Suite struct AdminServerTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs `body` with a server that answers for `control`.
    private func serving(
        _ control: FakeControl = FakeControl(),
        _ body: (AdminClient) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/run/tern.sock"
        let server = AdminServer(control: control, socketPath: path, on: HTTPThread(), logger: Self.quiet)
        try await server.start()
        do {
            // Other tests keep the machine busy.
            try await body(AdminClient(socketPath: path, timeoutSeconds: 60))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func statusTellsOfTheRelayAndItsLoops() async throws {
        try await serving { client in
            let status = try await blocking { try client.call(.status, as: StatusDocument.self) }
            #expect(status.version == "1.0 \"beta\"" && status.uptimeSeconds == 3725 && !status.draining)
            #expect(status.ports == .init(free: 16_380, total: 16_384) && status.load == 0.25)
            #expect(status.allocations == 4 && status.connections == 1 && status.allocationsOpened == 12)
            #expect(status.certificateExpires == "2027-01-15T08:00:00Z")
            #expect(status.loops[0].toPeers == .init(packets: 1007, bytes: 167_000))
            #expect(status.loops[0].drops == ["no_permission": 4, "send_queue_full": 6])
            #expect(status.loops[1].toClients.packets == 1 << 60)
        }
    }

    @Test func sessionsRefusalsAndCountersAreListed() async throws {
        try await serving { client in
            let sessions = try await blocking { try client.call(.sessions(limit: 2), as: SessionsDocument.self) }
            #expect(sessions.total == 4)
            #expect(sessions.sessions.map(\.id) == ["0-0-1", "0-1-1"])
            #expect(sessions.sessions[0].username == "user0\n")
            #expect(sessions.sessions[0].relayed == ["198.51.100.1:50000"])
            let refusals = try await blocking { try client.call(.refusals(limit: 9), as: RefusalsDocument.self) }
            #expect(refusals.refusals.map(\.code) == [438, 403])
            #expect(refusals.refusals[0].reason == "the user has 32 allocations, the limit")
            #expect(refusals.refusals[0].time == "2026-11-24T15:52:00Z")
            let counters = try await blocking { try client.call(.counters, as: CountersDocument.self) }
            let drop = counters.counters.first {
                $0.name == "tern_dropped_total" && $0.labels["reason"] == "no_permission"
            }
            #expect(drop?.value == 5)
        }
    }

    @Test func usageIsReadFromANumberOnAndTellsOfWhatWasLost() async throws {
        let control = FakeControl()
        control.usageRing.append((0..<5).map { .sample($0, ended: $0 % 2 == 1) })
        try await serving(control) { client in
            let all = try await blocking { try client.call(.usage(after: 0, limit: 100), as: UsageDocument.self) }
            #expect(all.epoch == control.usageRing.epoch && all.lost == 1 && all.next == 5)
            #expect(all.entries.map(\.sequence) == [2, 3, 4, 5])
            #expect(all.entries.map(\.event) == ["ended", "opened", "ended", "opened"])
            #expect(all.entries[0].id == "room1" && all.entries[0].reason == "revoked")
            #expect(all.entries[0].bytesUp == 1600 && all.entries[0].bytesDown == 3200)
            #expect(all.entries[0].startedAt == 1_795_535_520_000 && all.entries[0].endedAt == 1_795_535_581_000)
            let rest = try await blocking { try client.call(.usage(after: 4, limit: 1), as: UsageDocument.self) }
            #expect(rest.entries.map(\.sequence) == [5] && rest.lost == 0)
            let text = try await blocking {
                String(decoding: try client.call(.usage(after: 4, limit: 1)), as: UTF8.self)
            }
            #expect(text.contains("\"ended_at\":null") && text.contains("\"reason\":null"))
            await #expect(throws: AdminClientFailure.self) {
                try await blocking { try client.call(.usage(after: -1, limit: 1)) }
            }
        }
    }

    @Test func policyIsAskedAboutAddressesWithAndWithoutPort() async throws {
        try await serving { client in
            for (asked, address, allowed) in [
                ("127.0.0.1", "127.0.0.1", false), ("127.0.0.1:9", "127.0.0.1:9", false), ("::1", "::1", false),
                ("[::1]", "::1", false), ("[2001:db8::5]:443", "[2001:db8::5]:443", true), ("8.8.8.8", "8.8.8.8", true),
            ] {
                let answer = try await blocking { try client.call(.policy(asked), as: PolicyDocument.self) }
                #expect(answer.address == address && answer.allowed == allowed)
            }
            for bad in ["", "localhost", "1.2.3", "127.0.0.1:99999", "../status", "a/b", "%00", "1.2.3.4\n"] {
                let failure = await #expect(throws: AdminClientFailure.self) {
                    try await blocking { try client.call(.policy(bad)) }
                }
                guard case .refused(let code, _) = failure else {
                    Issue.record("\(bad): \(String(describing: failure))")
                    continue
                }
                // Slashes and dots take part in the path, whatever their encoding.
                #expect(code == "bad-address" || code == "not-found" && (bad.isEmpty || bad.contains("/")))
            }
        }
    }

    @Test func actionsReachTheRelay() async throws {
        let control = FakeControl()
        try await serving(control) { client in
            let ended = try await blocking { try client.call(.end("0-1-1"), as: ActionDocument.self) }
            #expect(ended.endedAllocations == 1)
            let missing = await #expect(throws: AdminClientFailure.self) {
                try await blocking { try client.call(.end("0-9-1")) }
            }
            #expect(missing == .refused(code: "not-found", message: "there is no session 0-9-1"))
            let badID = await #expect(throws: AdminClientFailure.self) {
                try await blocking { try client.call(.end("x")) }
            }
            #expect(badID == .refused(code: "bad-id", message: "x is no session id; 1-42-7 is one"))
            let name = "al\"ice\n\u{1B}/../é"
            let revoked = try await blocking { try client.call(.revoke(name), as: ActionDocument.self) }
            #expect(revoked.endedAllocations == 2)
            let draining = try await blocking { try client.call(.drain, as: ActionDocument.self) }
            #expect(draining.draining == true)
            let status = try await blocking { try client.call(.status, as: StatusDocument.self) }
            #expect(status.draining)
            _ = try await blocking { try client.call(.undrain) }
            let reloaded = try await blocking { try client.call(.reload, as: ActionDocument.self) }
            #expect(reloaded.changes == ["relay.log.level: info -> debug"])
            #expect(
                control.told.withLock { $0 }
                    == .init(ended: ["0-1-1", "0-9-1"], revoked: [name], draining: false, reloads: 1))
        }
    }

    @Test func aReloadThatFailsSaysWhy() async throws {
        let control = FakeControl()
        control.reloadFailure.withLock { $0 = "conf/tern.yaml:3: unknown key relay.prots\nconf/tern.yaml:9: bad CIDR" }
        try await serving(control) { client in
            let failure = await #expect(throws: AdminClientFailure.self) {
                try await blocking { try client.call(.reload) }
            }
            #expect(failure?.description == "conf/tern.yaml:3: unknown key relay.prots; conf/tern.yaml:9: bad CIDR")
        }
    }

    @Test func whatIsNoCallIsAnsweredWithAnError() async throws {
        try await serving { client in
            func answer(_ request: String) async throws -> (status: Int, body: String) {
                try await blocking { try rawAnswer(client.socketPath, request) }
            }
            func head(_ line: String, _ more: String = "") -> String {
                "\(line) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(more)\r\n"
            }
            for path in ["/", "/v1", "/v1/nothing", "/v2/status", "/v1/sessions/0-1-1", "/v1/../../etc/passwd"] {
                let (status, body) = try await answer(head("GET \(path)"))
                #expect(status == 404, "\(path)")
                #expect(body == #"{"error":{"code":"not-found","message":"there is no such call"}}"#)
            }
            #expect(try await answer(head("POST /v1/status")).status == 405)
            let known = try await answer(head("HEAD /v1/status"))
            #expect(known.status == 200 && known.body.isEmpty)
            #expect(try await answer(head("HEAD /v1/drain")).status == 405)
            #expect(try await answer(head("GET /v1/reload")).status == 405)
            #expect(try await answer(head("DELETE /v1/sessions/0-1-1/end")).status == 405)
            for query in ["limit=0", "limit=x", "limit=-1", "limit=100001", "limit=99999999999999999999"] {
                #expect(try await answer(head("GET /v1/sessions?\(query)")).status == 400, "\(query)")
            }
            for body in [
                "", "{}", "[]", "{\"name\":1}", "{\"name\":\"\"}",
                "{\"name\":\"\(String(repeating: "n", count: 514))\"}",
            ] {
                let (status, text) = try await answer(
                    head("POST /v1/revoke", "Content-Length: \(body.utf8.count)\r\n") + body)
                #expect(status == 400, "\(body)")
                #expect(text.contains("bad-request"))
            }
        }
    }

    @Test func revocationsEndByThemselvesAndAreBounded() async throws {
        let control = FakeControl()
        try await serving(control) { client in
            func answer(_ body: String) async throws -> (status: Int, body: String) {
                try await blocking {
                    try rawAnswer(
                        client.socketPath,
                        "POST /v1/revoke HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
                }
            }
            #expect(try await answer(#"{"name":"room42","forgetAfter":1795535520}"#).status == 200)
            #expect(control.told.withLock(\.revoked) == ["room42 1795535520"])
            let full = try await answer(#"{"name":"one too many"}"#)
            #expect(full.status == 507 && full.body.contains("revocations-full") && full.body.contains("relay.revoked"))
        }
    }

    @Test func bodiesBeyondTheBoundAreRefused() async throws {
        let control = FakeControl()
        try await serving(control) { client in
            for size in [4097, 100_000, 3_000_000] {
                let answer = try await blocking {
                    try rawAnswer(
                        client.socketPath,
                        "POST /v1/revoke HTTP/1.1\r\nConnection: close\r\nContent-Length: \(size)\r\n\r\n"
                            + String(repeating: "x", count: size))
                }
                #expect(answer.status == 413)
                #expect(
                    answer.body == #"{"error":{"code":"too-large","message":"a body has at most 4096 bytes"}}"#)
            }
            let chunked = try await blocking {
                try rawAnswer(
                    client.socketPath,
                    "POST /v1/revoke HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + String(repeating: "1000\r\n" + String(repeating: "x", count: 4096) + "\r\n", count: 20)
                        + "0\r\n\r\n")
            }
            #expect(chunked.status == 413)
            #expect(control.told.withLock { $0 } == .init())
        }
    }

    @Test func garbageAndSilenceHarmNobody() async throws {
        try await serving { client in
            for garbage in ["\u{16}\u{3}\u{1}\0\0\0", "GET\r\n\r\n", "\r\n\r\n", String(repeating: "A", count: 20_000)]
            {
                let answer = try await blocking { try rawAnswer(client.socketPath, garbage, seconds: 1) }
                #expect([0, 400, 404].contains(answer.status))
            }
            let silent = try await blocking { try connectedSocket(client.socketPath) }
            let status = try await blocking { try client.call(.status, as: StatusDocument.self) }
            #expect(status.allocations == 4)
            close(silent)
        }
    }
}

/// Lets recv(2) fail after so many seconds. The array has the layout of a `timeval`.
func limitReceiving(_ descriptor: Int32, seconds: Int) {
    let limit = [seconds, 0]
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, limit, socklen_t(2 * MemoryLayout<Int>.size))
}

/// A connection to a Unix socket.
func connectedSocket(_ path: String, seconds: Int = 30) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    limitReceiving(descriptor, seconds: seconds)
    let address = try #require(UnixAddress(path: path))
    try #require(address.withSocketAddress { connect(descriptor, $0, $1) } == 0)
    return descriptor
}

/// What comes back for these bytes: status code and body; 0 for nothing that is HTTP.
func rawAnswer(_ path: String, _ request: String, seconds: Int = 30) throws -> (status: Int, body: String) {
    let descriptor = try connectedSocket(path, seconds: seconds)
    defer { close(descriptor) }
    let bytes = Array(request.utf8)
    var sent = 0
    while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard count > 0 else { break }
        sent += count
    }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { break }
        answer += buffer[..<count]
    }
    let text = String(decoding: answer, as: UTF8.self)
    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
    guard let status = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return (0, "") }
    return (status, parts.count > 1 ? String(parts[1]) : "")
}
