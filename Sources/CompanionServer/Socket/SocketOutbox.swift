import Synchronization

/// Messages on their way to one client, at most so many: a client that does not read is let go, and does not make
/// the server hold what it is sent.
final class SocketOutbox: Sendable {
    /// Messages that wait.
    static let messagesMax = 512
    /// Bytes that wait.
    static let bytesMax = 1 << 20

    private struct State {
        var waiting: [SocketOutput] = []
        var bytes = 0
        var isEnded = false
    }

    private let state = Mutex(State())
    private let wakeups: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init() { (wakeups, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Puts a message behind the others. When there is no room, everything that waits is dropped and the socket
    /// closes: the client comes back and resumes.
    func send(_ text: String) {
        put(.text(text), bytes: text.utf8.count)
    }

    /// Closes the socket once the client was sent what waits.
    func close(code: UInt16, reason: String) {
        put(.close(code, reason), bytes: 0)
    }

    private func put(_ output: SocketOutput, bytes: Int) {
        state.withLock { state in
            guard !state.isEnded else { return }
            state.waiting.append(output)
            state.bytes += bytes
            if state.waiting.count > Self.messagesMax || state.bytes > Self.bytesMax {
                state.waiting = [.close(SocketClose.slowReader, "slow reader")]
                state.isEnded = true
            }
            if case .close = output { state.isEnded = true }
        }
        wake.yield()
    }

    /// No more will be sent.
    func finish() {
        state.withLock { $0.isEnded = true }
        wake.finish()
    }

    /// Hands out what waits, as it comes, until the socket is to close.
    func drain(_ body: ([SocketOutput]) async throws -> Void) async throws {
        for await _ in wakeups {
            let (batch, isEnded) = state.withLock { state in
                defer { (state.waiting, state.bytes) = ([], 0) }
                return (state.waiting, state.isEnded)
            }
            if !batch.isEmpty { try await body(batch) }
            if isEnded { return }
        }
    }
}

/// Codes with which the server closes sockets, beside those of RFC 6455 7.4.1.
enum SocketClose {
    /// The session has ended, or the person was disabled.
    static let sessionEnded: UInt16 = 4001
    /// The client did not read what it was sent.
    static let slowReader: UInt16 = 4002
}
