import Credentials
import Dispatch
import Foundation
import Glibc
import RelayCore
import STUN
import Testing

@testable import EventLoop

/// A whole loop on a thread, over loopback.
struct EventLoopTests {
    @Test func aLoopStartsAnswersAndEnds() throws {
        let loopback = TransportAddress(ip: IPAddress(ipv4: 0x7F00_0001), port: 0)
        let listener = try ListeningSocket(
            transport: .udp, address: loopback, index: 0, receiveBufferBytes: 0, sendBufferBytes: 0, isFirst: true)
        let directory = RelayDirectory(
            addresses: [RelayAddressPair(bound: loopback.ip)], ports: 49_152...49_200, allocations: 16, seed: (1, 2))
        var core = RelaySettings(credentials: try CredentialDirectory(realm: "test"))
        core.quotas.allocations = 16
        let mailbox = Mailbox()
        let handOver = HandOver(mailboxes: [mailbox])
        let ended = DispatchSemaphore(value: 0)
        Thread { [core] in
            var settings = LoopSettings(index: 0, relaySlots: 32, directory: directory, relayPorts: 49_152...49_200)
            settings.streams.connectionsMax = 16
            let seed = RelaySeed(tableKey: (1, 2), nonceKey: Array(1...16), tokenKey: Array(1...16))
            let relay = Relay(settings: core, loop: 0, directory: directory, seed: seed)
            var loop = EventLoop(
                settings: settings, core: relay, listeners: [listener], tls: nil, mailbox: mailbox, handOver: handOver)
            loop.run()
            ended.signal()
        }.start()

        let answer = try exchange(Self.bindingRequest, with: listener.address)
        let index = try MessageIndex.parse(answer.span.bytes)
        #expect(index.type == MessageType(.binding, .success))
        #expect(index.reflexiveAddress(in: answer.span.bytes).value?.ip == loopback.ip)

        mailbox.post { $0.stop() }
        #expect(ended.wait(timeout: .now() + 10) == .success)
    }

    /// A port that another socket holds is refused, also when that one would share it.
    @Test func aTakenPortIsRefused() throws {
        let loopback = TransportAddress(ip: IPAddress(ipv4: 0x7F00_0001), port: 0)
        for transport in [ClientTransport.udp, .tcp] {
            let holder = try ListeningSocket(
                transport: transport, address: loopback, index: 0, receiveBufferBytes: 0, sendBufferBytes: 0,
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
