internal import Foundation
internal import Synchronization

/// Reads a sealed file one chunk after the other. A chunk is handed out when it is known to be as it was written; a
/// file that lost its end throws where the end is missing. Every call waits for the disk.
public final class SealedFileReader: Sendable {
    /// Plain bytes in the file, as its length says. What `next` yields up to its nil has this length.
    public let bytes: Int

    private struct State {
        var number: UInt64 = 0
        var finished = false
    }

    private let path: String
    private let key: [UInt8]
    private let descriptor: Int32
    private let lastChunk: UInt64
    private let state = Mutex(State())

    /// Opens the file at `path`.
    public init(path: String, key: DataKey, context: SealContext) throws(VaultFailure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path: path, reason: DurableFile.lastReason()) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG,
            let bytes = SealedFile.plainLength(Int(facts.st_size)),
            let head = DurableFile.readUp(to: SealedFile.headLength, descriptor), head.starts(with: SealedFile.mark)
        else {
            close(descriptor)
            throw .damaged("the file \(path)")
        }
        self.path = path
        self.descriptor = descriptor
        self.bytes = bytes
        self.key = SealedFile.key(key, salt: Array(head[SealedFile.mark.count...]), context: context)
        lastChunk = UInt64(max(0, bytes - 1) / SealedFile.chunkLength)
    }

    deinit { close(descriptor) }

    /// The next chunk, at most 64 KiB; nil behind the last.
    public func next() throws(VaultFailure) -> [UInt8]? {
        try state.withLock { (state) throws(VaultFailure) in
            guard !state.finished else { return nil }
            let last = state.number == lastChunk
            guard let sealed = DurableFile.readUp(to: SealedFile.sealedChunkLength, descriptor),
                let plain = SealedFile.open(sealed, key: key, number: state.number, last: last)
            else { throw .damaged("the file \(path)") }
            state.number += 1
            state.finished = last
            return plain.isEmpty ? nil : plain
        }
    }
}
