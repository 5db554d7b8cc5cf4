internal import Foundation
internal import Integrity

/// Files that are either not there, as they were, or whole: also after a power cut at any moment.
public enum DurableFile {
    /// Makes a file of mode 0600 with this content. One that is there already is never touched: an error.
    public static func make(_ path: String, _ bytes: [UInt8]) throws(VaultFailure) {
        let draft = try write(path, bytes)
        defer { unlink(draft) }
        // `link` refuses a name that is taken, where `rename` would replace what it names.
        guard link(draft, path) == 0 else { throw .file(path: path, reason: lastReason()) }
        try syncFolder(of: path)
    }

    /// Puts a file of mode 0600 with this content in the place of whatever is there.
    public static func replace(_ path: String, _ bytes: [UInt8]) throws(VaultFailure) {
        let draft = try write(path, bytes)
        guard rename(draft, path) == 0 else {
            let reason = lastReason()
            unlink(draft)
            throw .file(path: path, reason: reason)
        }
        try syncFolder(of: path)
    }

    /// At most `limit` bytes of a file; nil when there is none.
    public static func read(_ path: String, limit: Int) throws(VaultFailure) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .file(path: path, reason: lastReason())
        }
        defer { close(descriptor) }
        guard let bytes = readAll(descriptor, limit) else {
            throw .file(path: path, reason: "longer than \(limit) bytes, or not readable")
        }
        return bytes
    }

    /// Deletes what a crash left behind of files that were never finished. Returns how many. Only to be called while
    /// nothing is being written in the folder.
    @discardableResult public static func removeDrafts(in folder: String) throws(VaultFailure) -> Int {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw .file(path: folder, reason: "the folder cannot be read")
        }
        let drafts = names.filter { $0.contains(draftMark) }
        for name in drafts where unlink((folder as NSString).appendingPathComponent(name)) != 0 {
            throw .file(path: folder + "/" + name, reason: lastReason())
        }
        return drafts.count
    }

    /// A new file next to `path`, written and on the disk. Returns its name.
    private static func write(_ path: String, _ bytes: [UInt8]) throws(VaultFailure) -> String {
        let draft = draftName(path)
        let descriptor = open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .file(path: path, reason: lastReason()) }
        let written = writeAll(descriptor, bytes) && fsync(descriptor) == 0
        let reason = lastReason()
        close(descriptor)
        guard written else {
            unlink(draft)
            throw .file(path: path, reason: reason)
        }
        return draft
    }

    /// A name next to `path` that nothing has.
    static func draftName(_ path: String) -> String { path + draftMark + Hexadecimal.text(SecureRandom.bytes(8)) }

    private static let draftMark = ".draft-"

    /// A new name is on the disk only when its folder is.
    static func syncFolder(of path: String) throws(VaultFailure) {
        let folder = (path as NSString).deletingLastPathComponent
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path: folder, reason: lastReason()) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .file(path: folder, reason: lastReason()) }
    }

    static func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let written = Foundation.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return false }
                done += written
            }
            return true
        }
    }

    /// Everything from here to the end; nil when that is more than `limit` bytes or not readable.
    static func readAll(_ descriptor: Int32, _ limit: Int) -> [UInt8]? {
        guard let bytes = readUp(to: limit + 1, descriptor), bytes.count <= limit else { return nil }
        return bytes
    }

    /// The next `count` bytes, fewer only at the end of the file; nil when they are not readable.
    static func readUp(to count: Int, _ descriptor: Int32) -> [UInt8]? {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while initialized < count {
                let got = Foundation.read(descriptor, buffer.baseAddress! + initialized, count - initialized)
                if got < 0, errno == EINTR { continue }
                failed = got < 0
                guard got > 0 else { return }
                initialized += got
            }
        }
        return failed ? nil : bytes
    }

    static func lastReason() -> String { String(cString: strerror(errno)) }
}
