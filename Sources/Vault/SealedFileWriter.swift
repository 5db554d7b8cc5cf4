internal import Foundation
internal import Integrity
internal import Synchronization

/// Writes a sealed file as its content arrives, in a buffer of one chunk. The file gets its name when it is whole and
/// on the disk; a writer that is let go of earlier leaves nothing. Every call waits for the disk: not for threads that
/// others need.
public final class SealedFileWriter: Sendable {
    /// What was written.
    public struct Summary: Sendable, Hashable {
        /// Plain bytes.
        public let bytes: Int
        /// SHA-256 of the plain bytes.
        public let sha256: [UInt8]
    }

    private struct State: ~Copyable {
        var descriptor: Int32
        var buffer: [UInt8] = []
        var chunks: UInt64 = 0
        var bytes = 0
        var digest = RunningDigest()
    }

    private let path: String
    private let draft: String
    private let key: [UInt8]
    private let state: Mutex<State>

    /// Starts a file that will be at `path`, which must not exist, readable with `key` in this context.
    public init(path: String, key: DataKey, context: SealContext) throws(VaultFailure) {
        let salt = SecureRandom.bytes(SealedFile.saltLength)
        self.path = path
        self.key = SealedFile.key(key, salt: salt, context: context)
        draft = DurableFile.draftName(path)
        let descriptor = open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        let reason = DurableFile.lastReason()
        state = Mutex(State(descriptor: descriptor))
        guard descriptor >= 0 else { throw .file(path: path, reason: reason) }
        guard DurableFile.writeAll(descriptor, SealedFile.mark + salt) else {
            throw .file(path: path, reason: DurableFile.lastReason())
        }
    }

    deinit { discard() }

    /// Adds a piece of any length.
    public func write(_ piece: [UInt8]) throws(VaultFailure) {
        try state.withLock { (state) throws(VaultFailure) in
            guard state.descriptor >= 0 else { throw .file(path: path, reason: "it was finished or discarded") }
            state.digest.add(piece.span)
            state.bytes += piece.count
            var start = 0
            while start < piece.count {
                // A full chunk waits for the next byte: only then is it known not to be the last.
                if state.buffer.count == SealedFile.chunkLength { try flush(&state, last: false) }
                let end = min(piece.count, start + SealedFile.chunkLength - state.buffer.count)
                state.buffer += piece[start..<end]
                start = end
            }
        }
    }

    /// Ends the file, waits until it is on the disk and gives it its name.
    public func finish() throws(VaultFailure) -> Summary {
        try state.withLock { (state) throws(VaultFailure) in
            guard state.descriptor >= 0 else { throw .file(path: path, reason: "it was finished or discarded") }
            try flush(&state, last: true)
            guard fsync(state.descriptor) == 0 else { throw .file(path: path, reason: DurableFile.lastReason()) }
            guard link(draft, path) == 0 else { throw .file(path: path, reason: DurableFile.lastReason()) }
            unlink(draft)
            close(state.descriptor)
            state.descriptor = -1
            try DurableFile.syncFolder(of: path)
            let digest = exchange(&state.digest, with: RunningDigest())
            return Summary(bytes: state.bytes, sha256: digest.finish())
        }
    }

    /// Deletes what was written. Nothing happens behind `finish`.
    public func discard() {
        state.withLock { state in
            guard state.descriptor >= 0 else { return }
            close(state.descriptor)
            state.descriptor = -1
            unlink(draft)
        }
    }

    private func flush(_ state: inout State, last: Bool) throws(VaultFailure) {
        let sealed = SealedFile.seal(state.buffer, key: key, number: state.chunks, last: last)
        guard DurableFile.writeAll(state.descriptor, sealed) else {
            throw .file(path: path, reason: DurableFile.lastReason())
        }
        state.chunks += 1
        state.buffer.removeAll(keepingCapacity: true)
    }
}

private func exchange(_ place: inout RunningDigest, with other: consuming RunningDigest) -> RunningDigest {
    swap(&place, &other)
    return other
}
