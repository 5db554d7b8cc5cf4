import RelayCore
import STUN
import Testing

/// Reflection and amplification: conformance, section 6. Sizes of UDP payload, answer to request.
@Suite struct AmplificationTests {
    let fixture = RelayFixture()

    @Test func bindingOverIPv4IsAtMost1Point6() throws {
        let request = RequestBuilder(.binding, id: fixture.transactionID()).bytes
        let reply = try fixture.reply(request, from: TestClient(fixture).route).bytes
        #expect(request.count == 20)
        #expect(Double(reply.count) / Double(request.count) <= 1.6)
    }

    /// A real client's first Allocate: REQUESTED-TRANSPORT and nothing else it could leave out.
    @Test func challengeIsAsSmallAsTheRFCAllows() throws {
        var request = RequestBuilder(.allocate, id: fixture.transactionID())
        request.transport()
        let reply = try fixture.reply(request.bytes, from: TestClient(fixture).route)
        // Header 20, ERROR-CODE without a phrase 8, REALM 4 + 12, NONCE 4 + 32, PASSWORD-ALGORITHMS 4 + 8.
        #expect(reply.bytes.count == 92)
        #expect(reply.index.software == nil)
        #expect(Double(reply.bytes.count) / Double(request.bytes.count) <= 3.3)
    }

    @Test func noErrorAnswerCarriesAPhraseOrSoftware() throws {
        let client = TestClient(fixture)
        let reply = try client.refresh()
        #expect(reply.code == .allocationMismatch)
        // Header 20, ERROR-CODE 8, MESSAGE-INTEGRITY 24.
        #expect(reply.bytes.count == 52)
    }

    @Test func nothingIsAnsweredToWhatIsNoRequest() {
        let route = TestClient(fixture).route
        for bytes in [[], [0x40, 0, 0, 0], [UInt8](repeating: 0, count: 1500)] as [[UInt8]] {
            guard case .drop = fixture.receive(bytes, from: route).verdict else {
                Issue.record("answered")
                return
            }
        }
    }
}
