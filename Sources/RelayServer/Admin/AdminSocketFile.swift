import Credentials
import Foundation
import Glibc
import LocalHTTP

/// Why a socket could not be opened, in one line.
public struct ListenFailure: Error, CustomStringConvertible, Sendable, Equatable {
    /// What happened and what helps.
    public let description: String
}

/// The admin socket in the file system: made where only its owner reaches it, then moved to its place.
///
/// A socket's permissions depend on the umask at the moment of bind(2), which belongs to the whole process. So the
/// socket is bound in a fresh directory of mode 0700, given mode 0600, and renamed: at no moment can anyone else
/// connect, and a stale socket is replaced in one step.
struct AdminSocketFile {
    let path: String
    private let directory: String
    private let workshop: String
    private var published: (device: dev_t, inode: ino_t)?

    /// Where the server binds.
    var bindPath: String { workshop + "/s" }

    /// Bytes a path may have.
    static let pathBytesMax = HTTPEndpoint.pathBytesMax

    /// Checks the path, makes its directory and the workshop.
    init(path: String) throws(ListenFailure) {
        self.path = path
        let slash = path.lastIndex(of: "/")
        directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard !path.isEmpty, !path.hasSuffix("/"), !path.utf8.contains(0) else {
            throw ListenFailure(description: "admin socket \(Self.shown(path)): the path names no file")
        }
        let name = String(UInt64.random(in: .min ... .max), radix: 36).prefix(6)
        workshop = "\(directory)/.\(name)"
        guard max(path.utf8.count, workshop.utf8.count + 2) <= Self.pathBytesMax else {
            throw ListenFailure(
                description: "admin socket \(Self.shown(path)): the path is too long, a Unix socket's has at most "
                    + "\(Self.pathBytesMax - 10) bytes")
        }
        try Self.makeDirectory(directory)
        try Self.checkUnused(path)
        guard mkdir(workshop, 0o700) == 0 else { throw Self.failure(path, "cannot make a file in its directory") }
    }

    /// Puts the bound socket in its place.
    mutating func publish() throws(ListenFailure) {
        defer { discard() }
        var status = stat()
        guard chmod(bindPath, 0o600) == 0, lstat(bindPath, &status) == 0, rename(bindPath, path) == 0 else {
            throw Self.failure(path, "cannot put the socket in its place")
        }
        published = (status.st_dev, status.st_ino)
    }

    /// Takes the workshop away.
    func discard() {
        unlink(bindPath)
        rmdir(workshop)
    }

    /// Removes the socket, unless another relay has put its own there since.
    func remove() {
        var status = stat()
        guard let published, lstat(path, &status) == 0,
            status.st_dev == published.device, status.st_ino == published.inode
        else { return }
        unlink(path)
    }

    /// Makes the directory and its parents, for the owner alone. One that exists is left as it is.
    private static func makeDirectory(_ path: String) throws(ListenFailure) {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else {
                throw ListenFailure(description: "admin socket: \(shown(path)) is not a directory")
            }
            return
        }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeDirectory(String(path[..<slash]))
        }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure(path, "cannot make the directory") }
    }

    /// A socket that nobody listens on may be replaced; anything else may not.
    private static func checkUnused(_ path: String) throws(ListenFailure) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw failure(path, "cannot look at it") }
            return
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ListenFailure(
                description: "admin socket \(shown(path)): a file that is no socket is in its place; "
                    + "remove it, or choose another path with --admin")
        }
        guard let address = UnixAddress(path: path) else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure(path, "cannot make a socket") }
        defer { close(descriptor) }
        if address.withSocketAddress({ connect(descriptor, $0, $1) }) == 0 {
            throw ListenFailure(
                description: "admin socket \(shown(path)): another relay listens on it; "
                    + "stop that one, or choose another path with --admin")
        }
        guard errno == ECONNREFUSED else { throw failure(path, "cannot tell whether another relay listens on it") }
    }

    private static func failure(_ path: String, _ what: String) -> ListenFailure {
        ListenFailure(description: "admin socket \(shown(path)): \(what): \(String(cString: strerror(errno)))")
    }

    private static func shown(_ path: String) -> String { LogText.quotedIfNeeded(path) }
}
