import RelayCore
import STUN
import Testing

/// Padding leaks: conformance, section 6. The fixture fills the buffer with 0x5A before every answer.
@Suite struct PaddingTests {
    @Test func everyPaddingByteSentIsZero() throws {
        let fixture = RelayFixture()
        let client = TestClient(fixture)
        var replies: [Reply] = []
        var first = RequestBuilder(.allocate, id: fixture.transactionID())
        first.transport()
        replies.append(try fixture.reply(first.bytes, from: client.route))
        replies.append(try client.ask(.allocate) { $0.attribute(0x7ABC) })
        replies.append(try client.allocate { $0.evenPort(reserve: true) })
        replies.append(try client.refresh())
        replies.append(try client.permit(address("10.0.0.1:1")))
        replies.append(try client.bind(0x4000, address("5.5.5.5:1")))
        var binding = RequestBuilder(.binding, id: fixture.transactionID())
        binding.attribute(0x7ABC)
        replies.append(try fixture.reply(binding.bytes, from: client.route))
        for reply in replies {
            var offset = 20
            while offset < reply.bytes.count {
                let count = Int(reply.bytes[offset + 2]) << 8 | Int(reply.bytes[offset + 3])
                let end = offset + 4 + count
                let next = offset + 4 + (count + 3) / 4 * 4
                #expect(reply.bytes[end..<next].allSatisfy { $0 == 0 })
                offset = next
            }
            #expect(offset == reply.bytes.count)
        }
    }

    /// Padding in requests may hold anything [RFC 8489 14].
    @Test func paddingInRequestsIsIgnored() throws {
        let fixture = RelayFixture()
        let client = TestClient(fixture)
        try client.fetchNonce()
        // "alice" is padded by three bytes; they are under the integrity, so a client that fills them signs them.
        let request = client.request(.allocate) { $0.transport() }
        #expect(request.count % 4 == 0)
        var binding = RequestBuilder(.binding, id: fixture.transactionID())
        binding.attribute(0x8022, [1])
        var bytes = binding.bytes
        bytes[25] = 0xFF
        bytes[27] = 0xFF
        #expect(try fixture.reply(bytes, from: client.route).isSuccess)
    }
}
