import NIOCore
import NIOWebSocket
import Testing

@testable import CompanionServer

/// What each frame of a client means [RFC 6455 5].
@Suite("WebSocket frames")
struct SocketFramesTests {
    private static let mask: WebSocketMaskingKey = [1, 2, 3, 4]

    private func frame(
        _ opcode: WebSocketOpcode, _ bytes: [UInt8], isLast: Bool = true, isMasked: Bool = true
    ) -> WebSocketFrame {
        var data = ByteBuffer(bytes: bytes)
        if isMasked { data.webSocketMask(Self.mask) }
        return WebSocketFrame(fin: isLast, opcode: opcode, maskKey: isMasked ? Self.mask : nil, data: data)
    }

    private func text(_ text: String, isLast: Bool = true) -> WebSocketFrame {
        frame(.text, Array(text.utf8), isLast: isLast)
    }

    @Test("a text is a message")
    func message() {
        var frames = SocketFrames()
        #expect(frames.receive(text("é{}")) == .message("é{}"))
        #expect(frames.receive(text("")) == .message(""))
    }

    @Test("fragments are one message, with control frames between them")
    func fragments() {
        var frames = SocketFrames()
        let bytes = Array("aé".utf8)
        #expect(frames.receive(frame(.text, Array(bytes[..<2]), isLast: false)) == .nothing)
        #expect(frames.receive(frame(.ping, [7])) == .pong(ByteBuffer(bytes: [7])))
        // The first half of a character alone is no UTF-8; the whole message is.
        #expect(frames.receive(frame(.continuation, [], isLast: false)) == .nothing)
        #expect(frames.receive(frame(.continuation, Array(bytes[2...]))) == .message("aé"))
        #expect(frames.receive(text("b")) == .message("b"))
    }

    @Test("a frame without mask closes, RFC 6455 5.1")
    func unmasked() {
        for opcode in [WebSocketOpcode.text, .ping, .connectionClose, .continuation] {
            var frames = SocketFrames()
            #expect(frames.receive(frame(opcode, [], isMasked: false)) == .refuse(.protocolError))
        }
    }

    @Test("reserved bits and opcodes close")
    func reserved() {
        for bit in 0..<3 {
            var frames = SocketFrames()
            var reserved = text("a")
            if bit == 0 { reserved.rsv1 = true } else if bit == 1 { reserved.rsv2 = true } else { reserved.rsv3 = true }
            #expect(frames.receive(reserved) == .refuse(.protocolError))
        }
        for code in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
            var frames = SocketFrames()
            let opcode = WebSocketOpcode(encodedWebSocketOpcode: UInt8(code))!
            #expect(frames.receive(frame(opcode, [])) == .refuse(.protocolError), "\(code)")
        }
    }

    @Test("fragments out of order close")
    func disorder() {
        var frames = SocketFrames()
        #expect(frames.receive(frame(.continuation, [1])) == .refuse(.protocolError))
        _ = frames.receive(text("a", isLast: false))
        #expect(frames.receive(text("b")) == .refuse(.protocolError))
    }

    @Test("binary data and bytes that are no UTF-8 close, each with its code")
    func content() {
        var frames = SocketFrames()
        #expect(frames.receive(frame(.binary, [1])) == .refuse(.unacceptableData))
        #expect(frames.receive(frame(.text, [0xC3])) == .refuse(.dataInconsistentWithMessage))
        #expect(frames.receive(frame(.text, [0xED, 0xA0, 0x80])) == .refuse(.dataInconsistentWithMessage))
    }

    @Test("64 KiB are a message, one byte more closes: whole and in fragments")
    func size() {
        let most = Array(repeating: UInt8(ascii: "a"), count: SocketFrames.messageBytesMax)
        var frames = SocketFrames()
        #expect(frames.receive(frame(.text, most)) == .message(String(decoding: most, as: UTF8.self)))
        #expect(frames.receive(frame(.text, most + [97])) == .refuse(.messageTooLarge))
        #expect(frames.receive(frame(.text, most, isLast: false)) == .nothing)
        #expect(frames.receive(frame(.continuation, [97])) == .refuse(.messageTooLarge))
    }

    @Test("fragments without end close")
    func endless() {
        var frames = SocketFrames()
        var action = frames.receive(text("", isLast: false))
        for _ in 1..<SocketFrames.fragmentsMax { action = frames.receive(frame(.continuation, [], isLast: false)) }
        #expect(action == .nothing)
        #expect(frames.receive(frame(.continuation, [], isLast: false)) == .refuse(.messageTooLarge))
    }

    @Test("a flood of pings closes, and a heartbeat forgives what came before it")
    func pings() {
        var frames = SocketFrames()
        for _ in 0..<SocketFrames.controlFramesMax { _ = frames.receive(frame(.ping, [])) }
        frames.heartbeat()
        for _ in 0..<SocketFrames.controlFramesMax { #expect(frames.receive(frame(.pong, [])) == .nothing) }
        #expect(frames.receive(frame(.ping, [])) == .refuse(.policyViolation))
    }

    @Test("a closing frame ends it")
    func close() {
        var frames = SocketFrames()
        #expect(frames.receive(frame(.connectionClose, [3, 232])) == .closed)
    }
}
