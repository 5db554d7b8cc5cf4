import Glibc
import STUN
import Testing

@testable import EventLoop

/// Sockets of reserved ports: held for whoever redeems, closed when nobody does.
struct ReservedSocketsTests {
    private let address = TransportAddress(ip: IPAddress(ipv4: 0x7F00_0001), port: 50_001)

    private func openDescriptor() throws -> Int32 {
        let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
        try #require(descriptor >= 0)
        return descriptor
    }

    @Test func aHeldSocketIsTakenOnce() throws {
        let sockets = ReservedSockets()
        let descriptor = try openDescriptor()
        sockets.hold(descriptor, address, until: 30_000)
        #expect(sockets.take(address) == descriptor)
        #expect(sockets.take(address) == nil)
        close(descriptor)
    }

    @Test func whatNobodyRedeemsIsClosedAtItsEnd() throws {
        let sockets = ReservedSockets()
        sockets.hold(try openDescriptor(), address, until: 30_000)
        sockets.expire(now: 29_999)
        #expect(sockets.count == 1)
        sockets.expire(now: 30_000)
        #expect(sockets.count == 0)
        #expect(sockets.take(address) == nil)
    }
}
