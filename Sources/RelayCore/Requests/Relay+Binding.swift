internal import Credentials
internal import STUN

extension Relay {
    /// Binding [RFC 8489 3, 7.3.1]: needs no credentials, and gets where it came from, nothing more.
    ///
    /// The answer over IPv4 is 32 bytes for the 20 of the smallest request: 1.6 times as much.
    mutating func binding(
        _ datagram: RawSpan, _ index: MessageIndex, _ client: ClientRoute, _ now: Now, _ reply: inout MutableRawSpan
    ) -> MessageVerdict {
        let ticket = ask(client, datagram.byteCount, now)
        let unknown = unknownAttributes(index)
        var writer: MessageWriter
        let outcome: Outcome
        if unknown.isEmpty {
            outcome = .success
            writer = MessageWriter(MessageType(.binding, .success), index.transactionID, into: &reply)
            writer.append(.xorMappedAddress, xor: client.tuple.client, into: &reply)
        } else {
            outcome = .unknownAttribute
            writer = MessageWriter(MessageType(.binding, .error), index.transactionID, into: &reply)
            writer.append(error: .unknownAttribute, into: &reply)
            writer.append(unknown: unknown, into: &reply)
        }
        if index.fingerprint != nil { MessageSeal.appendFingerprint(to: &writer, into: &reply) }
        return answerUnverified(writer.count, ticket, .binding, outcome)
    }
}
