import STUN
import Testing

/// RFC 8489 5: method and class share 14 bits.
struct MessageTypeTests {
    @Test(arguments: [
        (Method.binding, MessageClass.request, 0x0001 as UInt16), (.binding, .success, 0x0101),
        (.binding, .error, 0x0111), (.binding, .indication, 0x0011), (.allocate, .request, 0x0003),
        (.refresh, .success, 0x0104), (.send, .indication, 0x0016), (.data, .indication, 0x0017),
        (.createPermission, .request, 0x0008), (.channelBind, .error, 0x0119), (.connect, .request, 0x000A),
        (.connectionBind, .request, 0x000B), (.connectionAttempt, .indication, 0x001C),
    ])
    func typesHaveTheNumbersOfTheRFCs(method: Method, messageClass: MessageClass, number: UInt16) {
        #expect(MessageType(method, messageClass).rawValue == number)
        #expect(MessageType(rawValue: number) == MessageType(method, messageClass))
    }

    @Test func all14BitsSurviveBothWays() {
        for number in 0..<UInt16(0x4000) {
            #expect(MessageType(rawValue: number).rawValue == number)
        }
    }

    @Test func errorCodesHaveTheReasonsOfTheRFCs() {
        #expect(ErrorCode.unauthenticated.description == "401 Unauthenticated")
        #expect(ErrorCode.staleNonce.description == "438 Stale Nonce")
        #expect(ErrorCode.insufficientCapacity.description == "508 Insufficient Capacity")
    }
}
