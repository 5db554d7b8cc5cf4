internal import Foundation
public import Vault

/// The file of checkpoints, a line each, which only grows. Other processes may add to it at the same time.
public struct AuditCheckpointFile: Sendable {
    /// Where it is.
    public let path: String

    /// The file at `path`, which need not be there yet.
    public init(path: String) { self.path = path }

    /// Adds a checkpoint of `head`. It is on the disk when this returns.
    func append(_ head: AuditHead, _ vault: Vault) throws -> AuditCheckpoint {
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        // Between the last line and the new one nobody else adds one. The lock goes with the descriptor.
        guard flock(descriptor, LOCK_EX) == 0 else { throw failure() }
        let last = try lastLine(descriptor)
        let previous = try last.map { try AuditCheckpoint(line: $0, number: 0, vault).digest }
        let checkpoint = AuditCheckpoint(head, previous: previous ?? AuditChain.start, vault)
        let bytes = Array((checkpoint.line + "\n").utf8)
        let start = lseek(descriptor, 0, SEEK_END)
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard written == bytes.count, fsync(descriptor) == 0 else {
            let reason = (0..<bytes.count).contains(written) ? ENOSPC : errno
            // A part of a line would make the file unreadable.
            _ = ftruncate(descriptor, start)
            throw VaultFailure.file(path: path, reason: String(cString: strerror(reason)))
        }
        return checkpoint
    }

    /// All checkpoints, each checked, and that they hang together; none when there is no file.
    public func read(_ vault: Vault) throws -> [AuditCheckpoint] {
        guard let bytes = try DurableFile.read(path, limit: AuditCheckpoint.linesMax * 512) else { return [] }
        var checkpoints: [AuditCheckpoint] = []
        for (index, line) in String(decoding: bytes, as: UTF8.self).split(separator: "\n").enumerated() {
            let checkpoint = try AuditCheckpoint(line: String(line), number: index + 1, vault)
            let expected = checkpoints.last?.digest ?? AuditChain.start
            guard checkpoint.previous == expected else { throw AuditProblem.missingCheckpoint(line: index + 1) }
            checkpoints.append(checkpoint)
        }
        return checkpoints
    }

    /// Checkpoints that somebody kept elsewhere: any of them, in any order.
    public func readLoose(_ vault: Vault) throws -> [AuditCheckpoint] {
        guard let bytes = try DurableFile.read(path, limit: AuditCheckpoint.linesMax * 512) else {
            throw VaultFailure.file(path: path, reason: String(cString: strerror(ENOENT)))
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard !lines.isEmpty else { throw VaultFailure.file(path: path, reason: "there is no checkpoint in it") }
        return try lines.enumerated().map { try AuditCheckpoint(line: String($1), number: $0 + 1, vault) }
    }

    /// The last line that is whole. What a power cut left of another one is cut off: it was never acknowledged.
    private func lastLine(_ descriptor: Int32) throws -> String? {
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw failure() }
        let count = min(Int(end), 2 * AuditCheckpoint.lineBytesMax)
        var bytes = [UInt8](repeating: 0, count: count)
        let got = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, count, end - off_t(count)) }
        guard got == count else { throw failure() }
        if let newline = bytes.lastIndex(of: 0x0A) {
            guard ftruncate(descriptor, end - off_t(count - 1 - newline)) == 0 else { throw failure() }
            bytes.removeSubrange((newline + 1)...)
        } else {
            guard count == Int(end), ftruncate(descriptor, 0) == 0 else {
                throw AuditProblem.forgedCheckpoint(line: 0)
            }
            return nil
        }
        return bytes.split(separator: 0x0A).last.map { String(decoding: $0, as: UTF8.self) }
    }

    private func failure() -> VaultFailure { .file(path: path, reason: String(cString: strerror(errno))) }
}
