import Testing

@testable import EventLoop

/// What a client speaks, told by its first bytes.
struct GreetingTests {
    private func tell(_ text: String) -> Greeting { tell(Array(text.utf8)) }

    private func tell(_ bytes: [UInt8]) -> Greeting { bytes.withUnsafeBufferPointer(Greeting.init) }

    @Test(arguments: ["GET ", "POST ", "PUT ", "HEAD ", "DELETE ", "PATCH ", "OPTIONS "])
    func methodsAreTold(_ method: String) {
        #expect(tell(method + "/ HTTP/1.1\r\n") == .http)
        for count in 0..<method.utf8.count { #expect(tell(String(method.prefix(count))) == .undecided) }
        #expect(tell(method.lowercased() + "/") == .neither)
        #expect(method.utf8.count <= Greeting.byteCountMax)
    }

    @Test(arguments: [
        "CONNECT a:1 HTTP/1.1", "TRACE / HTTP/1.1", "PRI * HTTP/2.0", "GETS /", "P ", "GET\t/", "OPTIONAL",
    ])
    func othersAreNeither(_ text: String) {
        #expect(tell(text) == .neither)
    }

    @Test func twoZeroBitsAreSTUN() {
        for first in UInt8.min ... .max where first & 0xC0 == 0 { #expect(tell([first]) == .stun) }
    }

    @Test func channelDataCannotComeFirst() {
        // Every channel number, also those that begin like a method.
        for number in UInt16(0x4000)...0x7FFF {
            let bytes = [UInt8(number >> 8), UInt8(number & 0xFF), 0, 4, 1, 2, 3, 4]
            #expect(tell(bytes) == .neither)
        }
    }
}
