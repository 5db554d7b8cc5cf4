import CBPF
import CLinux
import STUN
import Testing

@testable import Load

/// Whether this process may have the kernel count; the program itself is tested where it may.
private let mayCount = (try? KernelSink(sessions: 1)) != nil

@Suite("Arrivals in the kernel", .enabled(if: mayCount))
final class ArrivalTests {
    /// Numbers of two sessions in both directions, with gaps, repetitions and late ones.
    static let packets: [(session: UInt32, number: UInt64)] = [
        (0, 0), (0, 1), (1, 0), (0, 3), (0, 2), (0, 3), (1, 200), (1, 199), (1, 137), (1, 136), (1, 199),
        (PacketStamp.downBit, 0), (PacketStamp.downBit, 0), (PacketStamp.downBit | 1, 7), (0, 4),
    ]
    static let bytes = 100

    let sink: KernelSink
    let receiver: PeerSocket
    let sender: PeerSocket

    init() throws {
        sink = try KernelSink(sessions: 2)
        receiver = try peerSocket()
        sender = try peerSocket()
        #expect(sink.attach(to: receiver.descriptor))
    }

    private func expectEverywhere() {
        for session in 0..<2 {
            for isDown in [false, true] {
                sink.expect(session, isDown: isDown, at: receiver.address.port, bytes: Self.bytes)
            }
        }
    }

    private func payload(
        _ session: UInt32, _ number: UInt64, _ count: Int = ArrivalTests.bytes, age: UInt64 = 0
    ) -> [UInt8] {
        var payload = [UInt8](repeating: 0, count: count)
        payload.withUnsafeMutableBytes {
            PacketStamp.write(
                $0.baseAddress!, session: session, number: number, nanoseconds: clinux_monotonic_nanoseconds() - age)
        }
        return payload
    }

    private func send(_ datagram: [UInt8]) {
        #expect(
            clinux_send_datagram(sender.descriptor, datagram, datagram.count, receiver.address.forKernel, 0) == 0)
    }

    private func sendAsOne(_ bytes: [UInt8]) {
        var sends = PeerSends(bytes: bytes.count)
        sends.next.update(from: bytes, count: bytes.count)
        sends.queue(
            sends.next, bytes.count, segment: Self.bytes, from: sender.descriptor, to: receiver.address.forKernel)
        let lost = sends.flush()
        #expect(lost == 0)
    }

    /// What reached the socket.
    private func left() -> [Int] {
        var sizes: [Int] = []
        _ = receiver.receive { _, count, _, _, _ in sizes.append(count) }
        return sizes
    }

    @Test("the program counts what the generator would count")
    func agree() {
        expectEverywhere()
        var flows = [UInt32: FlowRecord]()
        var expected = LoadCounters()
        for (index, packet) in Self.packets.enumerated() {
            switch flows[packet.session, default: FlowRecord()].receive(packet.number, transit: 0) {
            case .duplicate: expected.duplicates += 1
            case .late: (expected.reordered, expected.received) = (expected.reordered + 1, expected.received + 1)
            case .inOrder: expected.received += 1
            }
            // As the peer gets them, and as a client does: behind the header of a channel, perhaps padded.
            let header: [UInt8] = index % 2 == 0 ? [] : [0x40, 0, 0, UInt8(Self.bytes)]
            send(header + payload(packet.session, packet.number) + (index % 4 == 1 ? [0, 0] : []))
        }
        let counted = sink.totals
        #expect(counted.received == expected.received)
        #expect(counted.received_bytes == expected.received * UInt64(Self.bytes))
        #expect(counted.duplicates == expected.duplicates && counted.reordered == expected.reordered)
        #expect(counted.strays == 0 && counted.swallowed == UInt64(Self.packets.count))
        #expect(left().isEmpty)
        var latencies = LatencyHistogram()
        sink.addLatencies(to: &latencies)
        #expect(latencies.total == expected.received)
    }

    @Test("times are read back to a thousandth", arguments: [0, 3_000, 5_000_000, 20_000_000_000] as [UInt64])
    func times(age: UInt64) throws {
        expectEverywhere()
        let before = clinux_monotonic_nanoseconds()
        send(payload(0, 0, age: age))
        let spent = clinux_monotonic_nanoseconds() - before
        var latencies = LatencyHistogram()
        sink.addLatencies(to: &latencies)
        let found = try #require(latencies.quantiles([1])[0])
        #expect(found >= age && found <= age + spent + (age + spent) / 1_000 + 1)
    }

    @Test("jitter follows RFC 3550, in a sixteenth of a nanosecond")
    func jitter() throws {
        expectEverywhere()
        send(payload(0, 0))
        #expect(sink.jitters.isEmpty)
        send(payload(0, 1, age: 160_000_000))
        let jitter = try #require(sink.jitters.first)
        #expect(5_000_000...1_000_000_000 ~= jitter, "\(jitter)")
    }

    @Test("another socket, another length, an unknown session or an end that is missing does not count as arrived")
    func strays() {
        send(payload(0, 0))
        sink.expect(0, isDown: false, at: receiver.address.port ^ 1, bytes: Self.bytes)
        send(payload(0, 0))
        sink.expect(0, isDown: false, at: receiver.address.port, bytes: Self.bytes)
        send(payload(0, 0, Self.bytes - 1))
        send(payload(2, 0))
        #expect(sink.totals.strays == 4)
        // Shorter than its header says, and shorter than a stamp.
        send([0x40, 0, 0, 200] + payload(0, 0))
        send(Array(payload(0, 0).prefix(20)))
        #expect(sink.totals.received == 0 && sink.totals.swallowed == 6)
        sink.expect(0, isDown: false, at: receiver.address.port, bytes: 0)
        send(payload(0, 0, 60))
        #expect(sink.totals.received == 1 && sink.totals.received_bytes == 60)
    }

    @Test("a merged run is counted packet by packet, and one with another end is left to the socket")
    func runs() {
        expectEverywhere()
        let run = (0..<5).flatMap { payload(0, $0) }
        sendAsOne(run)
        #expect(sink.totals.received == 5 && sink.totals.swallowed <= 5 && left().isEmpty)
        sendAsOne(run + [1, 2, 3])
        #expect(sink.totals.received == 5 && left() == [503])
    }

    @Test("what is no payload reaches the socket")
    func others() {
        expectEverywhere()
        let noise: [[UInt8]] = [[1], [UInt8](repeating: 0x40, count: 60), [1, 1] + [UInt8](repeating: 0, count: 40)]
        for datagram in noise { send(datagram) }
        #expect(left() == [1, 60, 42] && sink.totals.swallowed == 0)
    }
}
