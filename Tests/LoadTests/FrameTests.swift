import CLinux
import STUN
import Testing

@testable import Load

@Suite("Frames")
struct FrameTests {
    /// The one's complement sum of 16-bit words [RFC 1071].
    private func sum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0
        for index in stride(from: 0, to: bytes.count - 1, by: 2) {
            sum += UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1])
        }
        while sum >> 16 != 0 { sum = sum & 0xFFFF + sum >> 16 }
        return sum
    }

    private func headers(
        _ source: TransportAddress, _ target: TransportAddress, _ payload: Int32, segments: Int32 = 1
    ) -> [UInt8] {
        var link = clinux_link()
        var bytes = [UInt8](repeating: 0xEE, count: Int(CLINUX_FRAME_HEADER_MAX))
        let written = clinux_write_headers(&bytes, &link, source.forKernel, target.forKernel, payload, segments)
        return Array(bytes.prefix(Int(written)))
    }

    private let client = TransportAddress(ip: IPAddress(ipv4: 0x0A4D_0102), port: 40_000)
    private let server = TransportAddress(ip: IPAddress(ipv4: 0x0A4D_0101), port: 3_478)

    @Test("IPv4: lengths, ports and both checksums")
    func ipv4() {
        let bytes = headers(client, server, 164)
        let ip = Array(bytes[24..<44]), udp = Array(bytes[44...])
        #expect(bytes.count == 52 && Array(ip.prefix(4)) == [0x45, 0, 0, 192])
        #expect(sum(ip) == 0xFFFF)
        #expect(udp.prefix(6) == [0x9C, 0x40, 0x0D, 0x96, 0, 172])
        // The pseudo header's sum: addresses, protocol and length.
        #expect(UInt32(udp[6]) << 8 | UInt32(udp[7]) == sum(Array(bytes[36..<44]) + [0, 17, 0, 172]))
        #expect(bytes[0] == 1 && bytes[1] == 0 && bytes[6] == 34 && bytes[8] == 6, "the checksum is asked for")
    }

    @Test("IPv6: lengths and ports")
    func ipv6() {
        let address = IPAddress(ipv6High: 0xFD00_0000_0000_0000, low: 1)
        let bytes = headers(
            TransportAddress(ip: address, port: 40_000), TransportAddress(ip: address, port: 3_478), 164)
        #expect(bytes.count == 72 && Array(bytes[24..<32]) == [0x60, 0, 0, 0, 0, 172, 17, 64])
        #expect(Array(bytes[64..<70]) == [0x9C, 0x40, 0x0D, 0x96, 0, 172])
        #expect(UInt32(bytes[70]) << 8 | UInt32(bytes[71]) == sum(Array(bytes[32..<64]) + [0, 17, 0, 172]))
    }

    @Test("a burst is one frame that is to be cut")
    func burst() {
        let bytes = headers(client, server, 1_046, segments: 6)
        let length = 6 * 1_046 + 8
        // hdr_len, gso_size, csum_start, csum_offset, in the machine's byte order.
        #expect(Array(bytes.prefix(10)) == [1, 5, 42, 0, 0x16, 0x04, 34, 0, 6, 0])
        #expect(Int(bytes[26]) << 8 | Int(bytes[27]) == length + 20)
        #expect(Int(bytes[48]) << 8 | Int(bytes[49]) == length)
        #expect(sum(Array(bytes[24..<44])) == 0xFFFF)
    }

    @Test("what is not reached over Ethernet is left to sockets, and why is told")
    func loopback() throws {
        let lane = FrameLane(sessions: 1, prefix: [], packetBytes: 160, burst: 1)
        let one = try peerSocket()
        let other = try peerSocket()
        lane.add(0, from: one.address, to: other.address, probePort: other.address.port) {
            _ = clinux_send_datagram(one.descriptor, [1], 1, other.address.forKernel, 0)
        }
        let obstacle = try #require(lane.obstacle)
        #expect(!lane.isUsed && !lane.carries(0))
        // Without the right the reason is another.
        #expect(obstacle == "127.0.0.1 is not reached over Ethernet" || obstacle.contains("CAP_NET_RAW"), "\(obstacle)")
    }
}
