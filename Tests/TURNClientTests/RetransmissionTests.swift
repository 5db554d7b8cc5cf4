import STUN
import Testing

@testable import TURNClient

/// RFC 8489 6.2.1 and 6.2.2.
@Suite struct RetransmissionTests {
    /// "For example, assuming an RTO of 500 ms, requests would be sent at times 0 ms, 500 ms, 1500 ms, 3500 ms,
    /// 7500 ms, 15500 ms, and 31500 ms. If the client has not received a response after 39500 ms, the client will
    /// consider the transaction to have timed out."
    @Test func datagramRequestIsSentAtTheTimesOfTheRFC() {
        var client = ScriptedRelay().client()
        client.start(.binding, now: 1_000)
        let first = client.drain()
        #expect(first.count == 1)
        var sent: [UInt64] = [0]
        var failed: UInt64?
        for time in stride(from: UInt64(0), through: 60_000, by: 100) {
            let events = client.tick(now: 1_000 + time)
            let messages = client.drain()
            if !messages.isEmpty {
                #expect(messages == first)
                sent.append(time)
            }
            if events == [.failed(.binding, .timedOut)] { failed = time }
        }
        #expect(sent == [0, 500, 1_500, 3_500, 7_500, 15_500, 31_500])
        #expect(failed == 39_500)
        #expect(client.nextDeadline == nil)
    }

    @Test func deadlineIsTheNextTransmission() {
        var client = ScriptedRelay().client()
        client.start(.binding, now: 1_000)
        #expect(client.nextDeadline == 1_500)
        _ = client.tick(now: 1_500)
        #expect(client.nextDeadline == 2_500)
    }

    @Test func streamRequestIsSentOnceAndFailsAfterTi() {
        var client = ScriptedRelay().client(.stream)
        client.start(.binding, now: 0)
        _ = client.drain()
        #expect(client.nextDeadline == 39_500)
        #expect(client.tick(now: 39_499).isEmpty)
        #expect(client.drain().isEmpty)
        #expect(client.tick(now: 39_500) == [.failed(.binding, .timedOut)])
    }

    @Test func lateAnswerToARepeatedRequestCountsOnce() throws {
        let relay = ScriptedRelay()
        var client = relay.client()
        client.start(.binding, now: 0)
        _ = client.tick(now: 500)
        let request = try #require(client.drain().first)
        let mapped = try address("198.51.100.7:40000")
        let answer = relay.answer(request, .success) { $0.append(.xorMappedAddress, xor: mapped, into: &$1) }
        #expect(client.take(answer, now: 600) == .bound(mapped: mapped))
        #expect(client.take(answer, now: 601) == nil)
        #expect(client.ignoredCount == 1)
        #expect(client.nextDeadline == nil)
    }
}
