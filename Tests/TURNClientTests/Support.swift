import Credentials
import Integrity
import STUN
import Testing

@testable import TURNClient

/// SplitMix64: a seed replays the run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A relay's answers, written by hand for each test.
struct ScriptedRelay {
    let username = "alice"
    let password = "secret"
    let realm = "example.test"

    func client(
        _ framing: ClientFraming = .datagram, integrity: ClientIntegrity = .negotiated, keepsAlive: Bool = true
    ) -> RelayClient {
        var settings = ClientSettings(username: username, password: password)
        settings.integrity = integrity
        settings.keepsAlive = keepsAlive
        return RelayClient(settings, framing: framing, random: SplitMix(state: 1))
    }

    func challenge(
        _ code: ErrorCode = .unauthenticated, to request: [UInt8], nonce: String = "plainnonce",
        algorithms: [UInt8]? = nil
    ) -> [UInt8] {
        answer(request, .error) { writer, buffer in
            writer.append(error: code, into: &buffer)
            writer.append(.realm, text: realm, into: &buffer)
            writer.append(.nonce, text: nonce, into: &buffer)
            if let algorithms { writer.append(.passwordAlgorithms, algorithms.span, into: &buffer) }
        }
    }

    enum Seal {
        case none
        case sha1(password: String)
        case sha256(password: String, count: Int)
    }

    func answer(
        _ request: [UInt8], _ messageClass: MessageClass, seal: Seal = .none,
        _ fill: (inout MessageWriter, inout MutableRawSpan) -> Void
    ) -> [UInt8] {
        let span = request.span.bytes
        let id = TransactionID(high: span.uint32(at: 8), low: span.uint64(at: 12))
        let method = MessageType(rawValue: span.uint16(at: 0)).method
        return MessageBuilder.build(MessageType(method, messageClass), id) { writer, buffer in
            fill(&writer, &buffer)
            let authenticator = ClientAuthenticator()
            switch seal {
            case .none: break
            case .sha1(let password):
                guard let value = writer.reserve(.messageIntegrity, byteCount: 20, into: &buffer),
                    let key = try? LongTermKey(username: username, realm: realm, password: password)
                else { return }
                let code = authenticator.sha1(array(key.md5.span), header: buffer.bytes, count: value - 4)
                buffer.store(code.span, at: value)
            case .sha256(let password, let count):
                guard let value = writer.reserve(.messageIntegritySHA256, byteCount: count, into: &buffer),
                    let key = try? LongTermKey(username: username, realm: realm, password: password)
                else { return }
                let code = authenticator.sha256(array(key.sha256.span), header: buffer.bytes, count: value - 4)
                buffer.store(code.span.extracting(first: count), at: value)
            }
        }
    }

    func allocated(_ request: [UInt8], lifetime: UInt32 = 600, seal: Seal) throws -> [UInt8] {
        let relayed = try address("192.0.2.1:50000")
        let mapped = try address("198.51.100.7:40000")
        return answer(request, .success, seal: seal) { writer, buffer in
            writer.append(.xorRelayedAddress, xor: relayed, into: &buffer)
            writer.append(.xorMappedAddress, xor: mapped, into: &buffer)
            writer.append(.lifetime, uint32: lifetime, into: &buffer)
        }
    }

    func succeeded(_ request: [UInt8], lifetime: UInt32? = nil) -> [UInt8] {
        answer(request, .success, seal: .sha1(password: password)) { writer, buffer in
            if let lifetime { writer.append(.lifetime, uint32: lifetime, into: &buffer) }
        }
    }
}

func array(_ span: Span<UInt8>) -> [UInt8] { span.indices.map { span[$0] } }

func address(_ text: String) throws -> TransportAddress { try #require(TransportAddress(text)) }

extension RelayClient {
    mutating func drain() -> [[UInt8]] {
        var all: [[UInt8]] = []
        while let message = nextOutput() { all.append(message) }
        return all
    }

    mutating func take(_ message: [UInt8], now: UInt64 = 0) -> ClientEvent? {
        receive(message.span.bytes, now: now)
    }
}

/// The value of an attribute in a message the client sent.
func attribute(_ type: AttributeType, in message: [UInt8]) throws -> [UInt8]? {
    var offset = 20
    let span = message.span.bytes
    while offset < message.count {
        let count = Int(span.uint16(at: offset + 2))
        if span.uint16(at: offset) == type.rawValue { return Array(message[offset + 4..<offset + 4 + count]) }
        offset += 4 + paddedTo4(count)
    }
    return nil
}
