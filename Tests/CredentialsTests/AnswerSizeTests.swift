import Credentials
import Integrity
import STUN
import TestSupport
import Testing

/// Section 6 of the attack table: reflection and amplification.
struct AnswerSizeTests {
    @Test func theFirst401IsAsSmallAsTheRFCAllows() throws {
        var exchange = try Exchange()
        let request = message { $0.append(requestedTransport: 17, into: &$1) }
        let answer = exchange.answer(.unauthenticated, try parse(request))
        let index = try parse(answer)
        // Header, ERROR-CODE without a phrase, REALM, NONCE, PASSWORD-ALGORITHMS; no SOFTWARE.
        #expect(answer.count == 20 + 8 + (4 + 12) + (4 + 32) + (4 + 8))
        #expect(index.errorCode?.count == 4)
        #expect(index.software == nil && index.username == nil && index.messageIntegrity == nil)
        #expect(index.error(in: answer.span.bytes) == .value(.unauthenticated))
        #expect(index.type == MessageType(.allocate, .error))
        #expect(index.transactionID == someID)
        #expect(Double(answer.count) / Double(request.count) < 3.3)
    }

    @Test func aFingerprintIsAnsweredWithOne() throws {
        var exchange = try Exchange()
        let request = message { writer, buffer in
            writer.append(requestedTransport: 17, into: &buffer)
            MessageSeal.appendFingerprint(to: &writer, into: &buffer)
        }
        let answer = exchange.answer(.unauthenticated, try parse(request))
        #expect(try parse(answer).fingerprint != nil)
        #expect(try hasValidFingerprint(answer))
    }

    @Test func anAnswerThatDoesNotFitIsNone() throws {
        var exchange = try Exchange()
        let index = try parse(message())
        var bytes = [UInt8](repeating: 0xEE, count: 64)
        var elements = bytes.mutableSpan
        var buffer = elements.mutableBytes
        let count = exchange.authenticator.writeRefusal(
            .unauthenticated, of: index, to: client, unixSeconds: now, directory: exchange.directory, into: &buffer)
        #expect(count == 0)
    }
}
