import STUN
import Synchronization

@testable import CompanionServer

/// PROXY headers as the relay writes them.
enum ProxyBytes {
    static func header(command: UInt8, family: UInt8, body: [UInt8]) -> [UInt8] {
        ProxyHeader.signature + [command, family, UInt8(body.count >> 8), UInt8(body.count & 255)] + body
    }

    static func ipv4(_ ip: String, _ port: UInt16) -> [UInt8] {
        let value = IPAddress(ip)!.ipv4
        let address = (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) }
        return header(command: 0x21, family: 0x11, body: address + [127, 0, 0, 1] + ports(port))
    }

    static func ipv6(_ ip: String, _ port: UInt16) -> [UInt8] {
        let value = IPAddress(ip)!
        let address = [value.high, value.low].flatMap { half in
            (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * UInt64($0))) }
        }
        return header(command: 0x21, family: 0x21, body: address + Array(repeating: 0, count: 16) + ports(port))
    }

    private static func ports(_ port: UInt16) -> [UInt8] {
        [UInt8(port >> 8), UInt8(port & 255), 1, 187]
    }
}

/// Headers that a handler found.
final class FoundHeaders: Sendable {
    private let headers = Mutex<[ProxyHeader]>([])
    var all: [ProxyHeader] { headers.withLock { $0 } }
    func append(_ header: ProxyHeader) { headers.withLock { $0.append(header) } }
}

/// The same numbers in each run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        // SplitMix64.
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
