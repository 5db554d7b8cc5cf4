import Foundation
import Glibc
import LocalHTTP
import Logging
import TestSupport
import Testing

@testable import RelayServer

@Suite struct AdminSocketFileTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func server(_ path: String) -> AdminServer {
        AdminServer(control: FakeControl(), socketPath: path, on: HTTPThread(), logger: Self.quiet)
    }

    /// More patient than an operator: beside other tests an answer takes its time.
    private func client(_ path: String) -> AdminClient { AdminClient(socketPath: path, timeoutSeconds: 60) }

    private func mode(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
    }

    @Test func socketAndDirectoryAreTheOwnersAlone() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a/b/tern.sock"
        let server = server(path)
        try await server.start()
        #expect(mode(path) == 0o600)
        #expect(mode(directory.path + "/a") == 0o700)
        #expect(mode(directory.path + "/a/b") == 0o700)
        // Nothing else is left beside it.
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path + "/a/b") == ["tern.sock"])
        await server.stop()
        #expect(mode(path) == nil)
    }

    @Test func aStaleSocketIsReplacedAndALiveOneIsNot() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/tern.sock"
        // A relay that was killed leaves its socket behind.
        let address = try #require(UnixAddress(path: path))
        let dead = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #expect(address.withSocketAddress { bind(dead, $0, $1) } == 0)
        close(dead)
        #expect(mode(path) != nil)

        let first = server(path)
        try await first.start()
        let second = server(path)
        let failure = await #expect(throws: ListenFailure.self) { try await second.start() }
        #expect(failure?.description.contains("another relay listens on it") == true)
        let status = try await blocking { try client(path).call(.status, as: StatusDocument.self) }
        #expect(status.allocations == 4)
        await first.stop()
        #expect(mode(path) == nil)
    }

    @Test func whatIsNoSocketIsLeftAlone() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/tern.sock"
        try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
        let failure = await #expect(throws: ListenFailure.self) { try await server(path).start() }
        #expect(failure?.description.contains("a file that is no socket") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("precious".utf8))
        let below = await #expect(throws: ListenFailure.self) { try await server(path + "/x/tern.sock").start() }
        #expect(below?.description.contains("is not a directory") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["tern.sock"])
    }

    @Test func pathsThatCannotBeAreNamed() async throws {
        for path in ["", "/", "run/", "/tmp/" + String(repeating: "x", count: 100)] {
            let failure = await #expect(throws: ListenFailure.self) { try await server(path).start() }
            #expect(failure?.description.hasPrefix("admin socket") == true)
            #expect(failure?.description.contains("\n") == false)
        }
    }

    @Test func aSocketThatAnotherRelayPutThereIsNotRemoved() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/tern.sock"
        let first = server(path)
        try await first.start()
        // As after an upgrade: the new relay replaces the file while the old one still runs.
        try FileManager.default.removeItem(atPath: path)
        let second = server(path)
        try await second.start()
        await first.stop()
        #expect(mode(path) == 0o600)
        await second.stop()
        #expect(mode(path) == nil)
    }
}

@Suite struct AdminClientTests {
    @Test func failuresNameThePathAndTheRemedy() async throws {
        let directory = try TemporaryDirectory()
        let missing = directory.path + "/tern.sock"
        func failure(_ path: String) async -> String {
            do {
                _ = try await blocking { try AdminClient(socketPath: path, timeoutSeconds: 1).call(.status) }
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(
            await failure(missing) == "no relay at \(missing): there is no such socket; start the relay with "
                + "--admin \(missing), or name its socket with --admin PATH")
        let address = try #require(UnixAddress(path: missing))
        let dead = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #expect(address.withSocketAddress { bind(dead, $0, $1) } == 0)
        #expect(await failure(missing).contains("nobody listens on the socket any more"))
        #expect(listen(dead, 5) == 0)
        #expect(await failure(missing).contains("does not answer in time"))
        close(dead)
        #expect(await failure("").contains("a socket's path has 1 to 107 bytes"))
        #expect(await failure(String(repeating: "p", count: 200)).contains("--admin PATH"))
        #expect(await failure("/dev/null").contains("--admin PATH"))
    }

    @Test func whoAnswersSomethingElseIsToldApart() async throws {
        let directory = try TemporaryDirectory()
        for (number, answer) in [
            "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
            "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}", "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", "",
        ].enumerated() {
            let path = directory.path + "/\(number)"
            let address = try #require(UnixAddress(path: path))
            let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            #expect(address.withSocketAddress { bind(listener, $0, $1) } == 0)
            #expect(listen(listener, 1) == 0)
            Thread.detachNewThread {
                let connection = accept(listener, nil, nil)
                var buffer = [UInt8](repeating: 0, count: 4096)
                _ = recv(connection, &buffer, buffer.count, 0)
                _ = answer.withCString { send(connection, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
                close(connection)
                close(listener)
            }
            let failure = await #expect(throws: AdminClientFailure.self) {
                try await blocking {
                    try AdminClient(socketPath: path, timeoutSeconds: 60).call(.status, as: StatusDocument.self)
                }
            }
            #expect(failure?.description.contains("is not the admin socket of a relay like this one") == true)
        }
    }
}
