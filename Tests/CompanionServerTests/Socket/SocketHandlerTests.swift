import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import CompanionServer

/// Heartbeats and the closing handshake, with time in the test's hands.
@Suite("Socket heartbeat")
struct SocketHandlerTests {
    private func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: SocketHandler())
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/x")).wait()
        return channel
    }

    private func outbound(_ channel: EmbeddedChannel) throws -> WebSocketFrame? {
        try channel.readOutbound(as: WebSocketFrame.self)
    }

    @Test("a ping every 20 seconds; 60 seconds of silence end it")
    func silence() throws {
        let channel = try channel()
        for _ in 0..<3 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(20))
            #expect(try outbound(channel)?.opcode == .ping)
            #expect(channel.isActive)
        }
        channel.embeddedEventLoop.advanceTime(by: .seconds(20))
        #expect(!channel.isActive)
    }

    @Test("a client that answers stays")
    func answers() throws {
        let channel = try channel()
        for _ in 0..<20 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(20))
            #expect(try outbound(channel)?.opcode == .ping)
            var data = ByteBuffer()
            data.webSocketMask([1, 2, 3, 4])
            try channel.writeInbound(WebSocketFrame(fin: true, opcode: .pong, maskKey: [1, 2, 3, 4], data: data))
        }
        #expect(channel.isActive)
    }

    @Test("a close is sent once, nothing follows it, and a client that does not answer is closed")
    func close() throws {
        let channel = try channel()
        try channel.writeOutbound(SocketOutput.text("a"))
        try channel.writeOutbound(SocketOutput.close(4001, "over"))
        try channel.writeOutbound(SocketOutput.text("b"))
        try channel.writeOutbound(SocketOutput.close(1000, ""))
        #expect(try outbound(channel)?.opcode == .text)
        let frame = try #require(try outbound(channel))
        #expect(frame.opcode == .connectionClose && frame.maskKey == nil)
        #expect(Array(frame.data.readableBytesView) == [0x0F, 0xA1] + Array("over".utf8))
        #expect(try outbound(channel) == nil)
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(SocketHandler.closeSeconds))
        #expect(!channel.isActive)
    }

    @Test("a server that stops says that it goes away")
    func quiesce() throws {
        let channel = try channel()
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(try outbound(channel).map { Array($0.data.readableBytesView.prefix(2)) } == [0x03, 0xE9])
    }
}
