import Glibc
import RelayCore
import STUN
import Testing

@testable import EventLoop

/// A whole loop on a thread, over loopback.
struct EventLoopTests {
    @Test func aLoopStartsAnswersAndEnds() throws {
        let loop = try RunningLoop(.udp)
        let answer = try exchange(Self.bindingRequest, with: loop.address)
        let index = try MessageIndex.parse(answer.span.bytes)
        #expect(index.type == MessageType(.binding, .success))
        #expect(index.reflexiveAddress(in: answer.span.bytes).value?.ip == RunningLoop.loopback.ip)
        #expect(loop.stop())
    }

    /// Of one source so many connections live at a time; the next is reset, and one that ends makes room.
    @Test func connectionsBeyondTheLimitOfASourceAreReset() async throws {
        let loop = try RunningLoop(.tcp) { $0.streams.connectionsPerSource = 2 }
        let first = try connectedSocket(to: loop.address)
        let second = try connectedSocket(to: loop.address)
        _ = try await loop.counters { $0.connectionsAccepted == 2 }
        let third = try connectedSocket(to: loop.address)
        var byte: UInt8 = 0
        #expect(recv(third, &byte, 1, 0) == -1 && errno == ECONNRESET)
        #expect(try await loop.counters { $0.connectionsOverSource == 1 }.connectionsOverSource == 1)
        close(third)
        close(first)
        #expect(try await loop.counters { $0.connectionsOpen == 1 }.connectionsOpen == 1)
        let fourth = try connectedSocket(to: loop.address)
        #expect(try await loop.counters { $0.connectionsAccepted == 3 }.connectionsOverSource == 1)
        close(second)
        close(fourth)
        #expect(loop.stop())
    }

    /// The idle limit counts also when it is below the limit of an unfinished message (30 s): for a client that says
    /// nothing, and for one that stops in the middle.
    @Test(arguments: [[], [0], [0, 1, 0, 8, 0x21, 0x12, 0xA4, 0x42, 1]] as [[UInt8]])
    func aShortIdleLimitEndsConnectionsWithoutAllocation(_ beginning: [UInt8]) async throws {
        let loop = try RunningLoop(.tcp) {
            $0.streams.idleTimeMax = 200
            #expect($0.streams.partialTimeMax > 200)
        }
        let client = try connectedSocket(to: loop.address)
        defer { close(client) }
        #expect(send(client, beginning, beginning.count, 0) == beginning.count)
        let counters = try await loop.counters { $0.connectionsTimedOut == 1 }
        #expect(counters.connectionsTimedOut == 1)
        var byte: UInt8 = 0
        #expect(recv(client, &byte, 1, 0) == 0)
        #expect(loop.stop())
    }

    /// A port that another socket holds is refused, also when that one would share it.
    @Test func aTakenPortIsRefused() throws {
        for transport in [ClientTransport.udp, .tcp] {
            let holder = try ListeningSocket(
                transport: transport, address: RunningLoop.loopback, index: 0, receiveBufferBytes: 0,
                sendBufferBytes: 0,
                isFirst: true)
            defer { holder.close() }
            let error = #expect(throws: SocketError.self) {
                try ListeningSocket(
                    transport: transport, address: holder.address, index: 0, receiveBufferBytes: 0,
                    sendBufferBytes: 0, isFirst: true)
            }
            #expect(error?.description.contains("the port is taken") == true)
        }
    }

    /// RFC 8489 section 5: a Binding request without attributes.
    private static let bindingRequest: [UInt8] = [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42] + Array(1...12)

    private func exchange(_ request: [UInt8], with server: TransportAddress) throws -> [UInt8] {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = server.port.bigEndian
        address.sin_addr.s_addr = server.ip.ipv4.bigEndian
        let sent = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, request, request.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(sent == request.count)
        var answer = [UInt8](repeating: 0, count: 1_500)
        let count = recv(descriptor, &answer, answer.count, 0)
        try #require(count > 0)
        return Array(answer.prefix(count))
    }
}
