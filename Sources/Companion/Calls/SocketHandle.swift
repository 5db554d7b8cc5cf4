public import Signaling
internal import Synchronization

/// One connection at the hub: what comes in is given to `SignalingHub.receive`, what goes out is read from `outbound`.
public final class SocketHandle: Sendable {
    /// The connection.
    public let connection: ConnectionID
    /// Whose connection it is.
    public let principal: Principal
    /// The frames to send, in order. It ends behind a close; to be iterated once.
    public let outbound: SocketOutbox

    init(connection: ConnectionID, principal: Principal, settings: SignalingSettings) {
        self.connection = connection
        self.principal = principal
        outbound = SocketOutbox(framesMax: settings.outboxFrames, bytesMax: settings.outboxBytes)
    }
}

/// A frame on its way out.
public enum SocketFrame: Sendable, Hashable {
    /// A text frame.
    case text(String)
    /// A close frame, behind which nothing comes.
    case close(code: UInt16, reason: String)
}

/// The bounded queue between the hub and the task that writes to a connection.
public final class SocketOutbox: AsyncSequence, Sendable {
    /// A frame.
    public typealias Element = SocketFrame

    private struct State {
        var frames: [SocketFrame] = []
        var bytes = 0
        var isClosed = false
        var waiting: CheckedContinuation<SocketFrame?, Never>?
    }

    private let framesMax: Int
    private let bytesMax: Int
    private let state = Mutex(State())

    init(framesMax: Int, bytesMax: Int) {
        self.framesMax = framesMax
        self.bytesMax = bytesMax
    }

    /// Queues a frame; false when there is no room for it.
    func push(_ text: String) -> Bool {
        let (fits, waiting) = state.withLock { state -> (Bool, CheckedContinuation<SocketFrame?, Never>?) in
            guard !state.isClosed else { return (true, nil) }
            if let waiting = state.waiting {
                state.waiting = nil
                return (true, waiting)
            }
            guard state.frames.count < framesMax, state.bytes + text.utf8.count <= bytesMax else {
                return (false, nil)
            }
            state.frames.append(.text(text))
            state.bytes += text.utf8.count
            return (true, nil)
        }
        waiting?.resume(returning: .text(text))
        return fits
    }

    /// Queues a close behind everything else.
    func close(code: UInt16, reason: String) {
        let frame = SocketFrame.close(code: code, reason: reason)
        let waiting = state.withLock { state -> CheckedContinuation<SocketFrame?, Never>? in
            guard !state.isClosed else { return nil }
            state.isClosed = true
            if let waiting = state.waiting {
                state.waiting = nil
                return waiting
            }
            state.frames.append(frame)
            return nil
        }
        waiting?.resume(returning: frame)
    }

    /// Ends the sequence without a close frame: the connection is gone.
    func finish() {
        let waiting = state.withLock { state in
            state.isClosed = true
            state.frames = []
            return state.waiting.take()
        }
        waiting?.resume(returning: nil)
    }

    /// The next frame; nil behind the last, or when the task is cancelled.
    fileprivate func next() async -> SocketFrame? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> SocketFrame?? in
                    if !state.frames.isEmpty {
                        let frame = state.frames.removeFirst()
                        if case .text(let text) = frame { state.bytes -= text.utf8.count }
                        return .some(frame)
                    }
                    if state.isClosed || Task.isCancelled || state.waiting != nil { return .some(nil) }
                    state.waiting = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            state.withLock { $0.waiting.take() }?.resume(returning: nil)
        }
    }

    /// The frames.
    public func makeAsyncIterator() -> Iterator { Iterator(outbox: self) }

    /// Takes one frame after the other.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let outbox: SocketOutbox

        /// The next frame; nil behind the last.
        public mutating func next() async -> SocketFrame? { await outbox.next() }
    }
}
