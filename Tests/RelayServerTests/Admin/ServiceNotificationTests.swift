import Foundation
import Glibc
import Testing

@testable import RelayServer

@Suite struct ServiceNotificationTests {
    @Test func messagesReachTheSocketThatTheManagerNames() throws {
        for path in [
            NSTemporaryDirectory() + "n\(UInt32.random(in: 0 ... .max))", "@tern-\(UInt64.random(in: 0 ... .max))",
        ] {
            let manager = try #require(Manager(path))
            defer { manager.end() }
            let notification = ServiceNotification(environment: ["NOTIFY_SOCKET": path], processIdentifier: 1)
            #expect(notification.isActive)
            let sent = notification.send(.ready, .status("12 allocations\nREADY=0"))
            #expect(sent)
            #expect(manager.message() == "READY=1\nSTATUS=12 allocations\\nREADY=0")
            notification.send(.reloading)
            let reloading = manager.message()
            #expect(reloading.hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
            #expect(UInt64(reloading.split(separator: "=").last ?? "") ?? 0 > 0)
            notification.send(.stopping)
            #expect(manager.message() == "STOPPING=1")
            notification.send(.watchdog)
            #expect(manager.message() == "WATCHDOG=1")
            notification.send(.mainProcess(42))
            #expect(manager.message() == "MAINPID=42")
        }
    }

    @Test func withoutAManagerNothingHappens() {
        #expect(!ServiceNotification(environment: [:], processIdentifier: 1).send(.ready))
        #expect(!ServiceNotification(environment: ["NOTIFY_SOCKET": ""], processIdentifier: 1).isActive)
        #expect(!ServiceNotification(environment: ["NOTIFY_SOCKET": "vsock:2:1"], processIdentifier: 1).isActive)
        #expect(
            !ServiceNotification(environment: ["NOTIFY_SOCKET": "/nowhere/socket"], processIdentifier: 1).send(.ready))
    }

    @Test func theWatchdogIsThisProcesssOnly() {
        func interval(_ environment: [String: String]) -> UInt64? {
            ServiceNotification(environment: environment, processIdentifier: 7).watchdogMicroseconds
        }
        #expect(interval([:]) == nil)
        #expect(interval(["WATCHDOG_USEC": "30000000"]) == 30_000_000)
        #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"]) == 30_000_000)
        #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"]) == nil)
        #expect(interval(["WATCHDOG_USEC": "0"]) == nil)
        #expect(interval(["WATCHDOG_USEC": "soon"]) == nil)
    }
}

/// The receiving end of sd_notify.
private struct Manager {
    private let descriptor: Int32
    private let path: String

    init?(_ path: String) {
        guard let address = UnixAddress(path: path) else { return nil }
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        guard address.withSocketAddress({ bind(descriptor, $0, $1) }) == 0 else { return nil }
    }

    func message() -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return count < 0 ? "" : String(decoding: buffer[..<count], as: UTF8.self)
    }

    func end() {
        close(descriptor)
        unlink(path)
    }
}
