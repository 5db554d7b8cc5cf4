import Foundation
import Testing

@testable import Companion

@Suite("The relay's admin socket")
struct RelaySocketTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: "r-\(UUID().uuidString.prefix(8))").path

    /// A relay that answers every call like this.
    private func relay(_ status: String, _ body: String, _ log: Collected = Collected()) -> LoopbackServer {
        LoopbackServer(path: path) { connection in
            var length = 0
            while let line = connection.line(), !line.isEmpty {
                if log.all.isEmpty { log.add(line) }
                if line.lowercased().hasPrefix("content-length: ") { length = Int(line.dropFirst(16)) ?? 0 }
            }
            log.add(connection.bytes(length))
            connection.write(
                "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
        }
    }

    @Test("a revocation names the credential and learns how many allocations it ended")
    func revoke() async throws {
        let log = Collected()
        let server = relay("200 OK", #"{"endedAllocations":3}"#, log)
        #expect(try await RelaySocket(path: path).revoke("abc", forgetAfterUnixSeconds: nil) == 3)
        #expect(log.all == ["POST /v1/revoke HTTP/1.1", #"{"name":"abc"}"#])
        withExtendedLifetime(server) {}
    }

    @Test("sessions and usage are read, fields that are new are left alone")
    func documents() async throws {
        let sessions = relay(
            "200 OK",
            """
            {"total":1,"sessions":[{"id":"1-1-1","username":"1:a","client":"192.0.2.1:5","transport":"udp",
            "relayed":["192.0.2.2:50000"],"permissions":1,"channels":0,"ageSeconds":2,"remainingSeconds":3,
            "toPeers":{"packets":1,"bytes":2},"toClient":{"packets":3,"bytes":4},"dropped":0,"new":true}]}
            """)
        #expect(try await RelaySocket(path: path).sessions(limit: 5).sessions.map(\.toClient.bytes) == [4])
        withExtendedLifetime(sessions) {}
        unlink(path)
        let log = Collected()
        let usage = relay(
            "200 OK",
            """
            {"epoch":"e","next":8,"lost":0,"entries":[{"sequence":7,"event":"opened","allocation":"1-1-1",
            "username":"1:a","id":"a","transport":"tls","client":"192.0.2.1:5","relayed":["192.0.2.2:50000"],
            "bytes_up":0,"bytes_down":0,"started_at":1000}]}
            """, log)
        let read = try await RelaySocket(path: path).usage(after: 6, limit: 9)
        #expect(log.all.first == "GET /v1/usage?after=6&limit=9 HTTP/1.1")
        #expect(read.epoch == "e" && read.entries.map(\.sequence) == [7] && read.entries[0].endedAt == nil)
        withExtendedLifetime(usage) {}
    }

    @Test("an allocation's name is one segment of the path, and one that is not there is no failure")
    func end() async throws {
        let log = Collected()
        let server = relay("404 Not Found", #"{"error":{"code":"not-found","message":"there is no session"}}"#, log)
        #expect(try await !RelaySocket(path: path).end("../x y"))
        #expect(log.all.first == "POST /v1/sessions/%2E%2E%2Fx%20y/end HTTP/1.1")
        withExtendedLifetime(server) {}
    }

    @Test("a refusal is told in the relay's words, an answer that makes no sense as such")
    func refusals() async throws {
        let refused = relay("422 No", #"{"error":{"code":"reload-failed","message":"line 3"}}"#)
        await #expect(throws: RelayFailure.refused(code: "reload-failed", message: "line 3")) {
            try await RelaySocket(path: path).reload()
        }
        withExtendedLifetime(refused) {}
        unlink(path)
        let strange = relay("200 OK", "<html>")
        await #expect {
            try await RelaySocket(path: path).usage(after: 0, limit: 1)
        } throws: { error in
            if case .unexpected = error as? RelayFailure { true } else { false }
        }
        withExtendedLifetime(strange) {}
    }

    @Test("a relay that is not there is unreachable, with the remedy")
    func unreachable() async {
        await #expect {
            try await RelaySocket(path: "/nonexistent/relay.sock").status()
        } throws: { error in
            guard case .unreachable = error as? RelayFailure else { return false }
            return "\(error)".contains("admin socket")
        }
    }
}
