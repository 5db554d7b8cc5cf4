internal import Foundation
internal import GRDB

extension StoreFailure {
    /// What SQLite's result code means for whoever runs the database at `path`.
    init(_ error: any Error, path: String) {
        if let failure = error as? StoreFailure {
            self = failure
            return
        }
        guard let error = error as? DatabaseError else {
            self = .other("\(error)")
            return
        }
        let reason = error.message ?? "\(error.resultCode)"
        switch (error.resultCode, error.extendedResultCode) {
        case (.SQLITE_CONSTRAINT, .SQLITE_CONSTRAINT_UNIQUE), (.SQLITE_CONSTRAINT, .SQLITE_CONSTRAINT_PRIMARYKEY):
            self = .duplicate(reason)
        case (.SQLITE_CONSTRAINT, _):
            self = .constraint(reason)
        case (.SQLITE_FULL, _):
            self = .full(path: path)
        case (.SQLITE_IOERR, _) where Self.noSpaceIsLeft(path):
            self = .full(path: path)
        case (.SQLITE_BUSY, _), (.SQLITE_LOCKED, _):
            self = .locked(path: path)
        case (.SQLITE_READONLY, _), (.SQLITE_PERM, _):
            self = .readOnly(path: path, reason: Self.writeProblem(path) ?? reason)
        case (.SQLITE_CANTOPEN, _):
            self = Self.cannotOpen(path, reason)
        case (.SQLITE_NOTADB, _), (.SQLITE_CORRUPT, _):
            self = .damaged(path: path, reason: reason)
        case (.SQLITE_MISUSE, _):
            self = .closed
        default:
            self = .other(reason)
        }
    }

    private static func cannotOpen(_ path: String, _ reason: String) -> StoreFailure {
        var facts = stat()
        let folder = (path as NSString).deletingLastPathComponent
        guard stat(folder.isEmpty ? "." : folder, &facts) == 0 else {
            return .cannotOpen(path: path, reason: "there is no folder \(folder); make it first")
        }
        if stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR {
            return .cannotOpen(path: path, reason: "it is a folder; name a file")
        }
        guard let problem = writeProblem(path) else { return .cannotOpen(path: path, reason: reason) }
        return .readOnly(path: path, reason: problem)
    }

    /// Why no file can be written at `path` or made next to it, in the system's words; nil when both can.
    private static func writeProblem(_ path: String) -> String? {
        let existing = open(path, O_RDWR | O_CLOEXEC)
        if existing >= 0 {
            close(existing)
        } else if errno != ENOENT {
            return String(cString: strerror(errno))
        }
        let probe = path + ".probe"
        let made = open(probe, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        guard made >= 0 else { return errno == EEXIST ? nil : String(cString: strerror(errno)) }
        close(made)
        unlink(probe)
        return nil
    }

    private static func noSpaceIsLeft(_ path: String) -> Bool {
        var facts = statvfs()
        return statvfs(path, &facts) == 0 && facts.f_bavail == 0
    }
}
