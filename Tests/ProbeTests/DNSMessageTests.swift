import STUN
import Testing

@testable import Probe

@Suite("DNS answers")
struct DNSMessageTests {
    /// A response with one question for `relay.example` and these answers, each beginning with a pointer to that name.
    private func message(_ answers: [(type: UInt16, data: [UInt8])]) -> [UInt8] {
        var bytes: [UInt8] = [0, 1, 0x81, 0x80, 0, 1, 0, UInt8(answers.count), 0, 0, 0, 0]
        bytes += [5] + Array("relay".utf8) + [7] + Array("example".utf8) + [0, 0, 1, 0, 1]
        for answer in answers {
            bytes += [0xC0, 12, UInt8(answer.type >> 8), UInt8(answer.type & 255), 0, 1, 0, 0, 0, 60]
            bytes += [UInt8(answer.data.count >> 8), UInt8(answer.data.count & 255)] + answer.data
        }
        return bytes
    }

    @Test("addresses, services and pointers are read")
    func reads() throws {
        let service: [UInt8] = [0, 10, 0, 5, 0x01, 0xBB, 0xC0, 12]
        let pointer: [UInt8] =
            [0, 50, 0, 20, 1] + Array("s".utf8) + [14] + Array("RELAY:turn.tls".utf8) + [0, 2] + Array("tu".utf8)
            + [0xC0, 18]
        let records = DNSMessage.records(
            in: message([
                (1, [192, 0, 2, 5]), (28, [0x20, 1, 0xD, 0xB8] + [UInt8](repeating: 0, count: 11) + [7]), (33, service),
                (35, pointer), (5, [0xC0, 12]),
            ]))
        #expect(
            records == [
                .address(IPAddress("192.0.2.5")!), .address(IPAddress("2001:db8::7")!),
                .service(priority: 10, weight: 5, port: 443, target: "relay.example"),
                .pointer(
                    order: 50, preference: 20, flags: "s", service: "RELAY:turn.tls", replacement: "tu.example"),
            ])
    }

    @Test("a name that points at itself or ahead is refused")
    func loops() {
        var bytes = message([(33, [0, 10, 0, 5, 1, 0xBB, 0xC0, 49])])
        #expect(DNSMessage.records(in: bytes) == [])
        bytes[31] = 0xC0
        bytes[32] = 31
        #expect(DNSMessage.records(in: bytes) == nil)
    }

    @Test("every cut of a message is read without a crash")
    func cuts() {
        let whole = message([(1, [192, 0, 2, 5]), (33, [0, 1, 0, 1, 1, 1, 0xC0, 12])])
        for count in 0..<whole.count { _ = DNSMessage.records(in: Array(whole[..<count])) }
        for index in whole.indices {
            var damaged = whole
            damaged[index] ^= 0xFF
            _ = DNSMessage.records(in: damaged)
        }
        #expect(DNSMessage.records(in: whole)?.count == 2)
    }
}
