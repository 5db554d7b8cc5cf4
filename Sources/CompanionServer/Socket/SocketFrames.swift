import NIOCore
import NIOWebSocket

/// What frames from a client mean, frame by frame [RFC 6455 5]. Does no input or output.
struct SocketFrames {
    /// What is to be done about a frame.
    enum Action: Equatable {
        case nothing
        case message(String)
        /// Send this back.
        case pong(ByteBuffer)
        /// The client ends the conversation.
        case closed
        /// The client may not do this: tell it why and close.
        case refuse(WebSocketErrorCode)
    }

    /// Bytes of one message, whole or in fragments.
    static let messageBytesMax = 64 * 1024
    /// Fragments of one message.
    static let fragmentsMax = 64
    /// Control frames between two heartbeats of ours.
    static let controlFramesMax = 64

    private var partial: ByteBuffer?
    private var fragments = 0
    private var controlFrames = 0

    /// A heartbeat has passed.
    mutating func heartbeat() { controlFrames = 0 }

    mutating func receive(_ frame: WebSocketFrame) -> Action {
        // "The server MUST close the connection upon receiving a frame that is not masked" [RFC 6455 5.1].
        guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return .refuse(.protocolError) }
        if frame.opcode.isControlOpcode { return receiveControl(frame) }
        switch frame.opcode {
        case .text:
            guard partial == nil else { return .refuse(.protocolError) }
            return frame.fin ? message(frame.unmaskedData) : begin(frame.unmaskedData)
        case .continuation:
            guard let partial else { return .refuse(.protocolError) }
            return append(frame.unmaskedData, to: partial, isLast: frame.fin)
        case .binary: return .refuse(.unacceptableData)
        default: return .refuse(.protocolError)
        }
    }

    private mutating func receiveControl(_ frame: WebSocketFrame) -> Action {
        controlFrames += 1
        guard controlFrames <= Self.controlFramesMax else { return .refuse(.policyViolation) }
        switch frame.opcode {
        case .ping: return .pong(frame.unmaskedData)
        case .pong: return .nothing
        case .connectionClose: return .closed
        default: return .refuse(.protocolError)
        }
    }

    private mutating func begin(_ bytes: ByteBuffer) -> Action {
        partial = bytes
        fragments = 1
        return bytes.readableBytes > Self.messageBytesMax ? .refuse(.messageTooLarge) : .nothing
    }

    private mutating func append(_ bytes: ByteBuffer, to start: ByteBuffer, isLast: Bool) -> Action {
        fragments += 1
        guard fragments <= Self.fragmentsMax, start.readableBytes + bytes.readableBytes <= Self.messageBytesMax else {
            return .refuse(.messageTooLarge)
        }
        partial = nil
        var whole = start
        whole.writeImmutableBuffer(bytes)
        guard isLast else {
            partial = whole
            return .nothing
        }
        return message(whole)
    }

    private func message(_ bytes: ByteBuffer) -> Action {
        guard bytes.readableBytes <= Self.messageBytesMax else { return .refuse(.messageTooLarge) }
        guard let text = String(validating: bytes.readableBytesView, as: UTF8.self) else {
            return .refuse(.dataInconsistentWithMessage)
        }
        return .message(text)
    }
}
