import Credentials
import Foundation
import Glibc
import NIOCore

/// The socket for handed-over connections in the file system: only its owner ever reaches it.
///
/// A socket's permissions depend on the umask at the moment of bind(2), which belongs to the whole process. So it is
/// bound in a fresh folder of mode 0700, given mode 0600, and renamed to its place.
struct HandOverSocketFile {
    private let path: String
    private let workshop: String
    private var published: FileFacts?

    /// Where the listener binds.
    var bindPath: String { workshop + "/s" }

    /// What NIO binds: what fits into the `sun_path` of every system, with its final zero.
    private static let pathBytesMax = 103

    /// Checks the path and its folder, which is made when it is missing.
    init(path: String) throws(ListenFailure) {
        self.path = path
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard !path.isEmpty, !path.hasSuffix("/"), !path.utf8.contains(0) else {
            throw Self.failure(path, "the path names no file")
        }
        workshop = "\(folder)/.\(String(UInt64.random(in: .min ... .max), radix: 36).prefix(6))"
        guard max(path.utf8.count, workshop.utf8.count + 2) <= Self.pathBytesMax else {
            throw Self.failure(path, "the path is too long, a Unix socket's has at most \(Self.pathBytesMax) bytes")
        }
        try Self.prepare(folder: folder, for: path)
        try Self.checkUnused(path)
        guard mkdir(workshop, 0o700) == 0 else { throw Self.systemFailure(path, "cannot make a file in its folder") }
    }

    /// Puts the bound socket in its place.
    mutating func publish() throws(ListenFailure) {
        defer { discard() }
        guard chmod(bindPath, 0o600) == 0, let facts = FileFacts(bindPath), rename(bindPath, path) == 0 else {
            throw Self.systemFailure(path, "cannot put the socket in its place")
        }
        published = facts
    }

    /// Takes the workshop away.
    func discard() {
        unlink(bindPath)
        rmdir(workshop)
    }

    /// Removes the socket, unless another process has put its own there since.
    func remove() {
        guard let published, FileFacts(path)?.isSameFile(as: published) == true else { return }
        unlink(path)
    }

    /// Whoever may write into the folder could put a socket of his own in this one's place.
    private static func prepare(folder: String, for path: String) throws(ListenFailure) {
        if FileFacts(folder, followsLinks: true) == nil {
            guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
                throw systemFailure(path, "cannot make its folder")
            }
        }
        guard let facts = FileFacts(folder, followsLinks: true), facts.isFolder else {
            throw failure(path, "its folder is not a folder")
        }
        guard facts.permissions & 0o022 == 0 else {
            throw failure(path, "others may write into its folder; use one of mode 0700")
        }
        guard facts.owner == geteuid() || facts.owner == 0 else {
            throw failure(path, "its folder belongs to another user; use one of this user's")
        }
    }

    /// A socket that nobody listens on may be replaced; anything else may not.
    private static func checkUnused(_ path: String) throws(ListenFailure) {
        guard let facts = FileFacts(path) else { return }
        guard facts.isSocket else {
            throw failure(path, "a file that is no socket is in its place; remove it, or choose another path")
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0, let address = try? SocketAddress(unixDomainSocketPath: path) else {
            throw systemFailure(path, "cannot make a socket")
        }
        defer { close(descriptor) }
        if address.withSockAddr({ connect(descriptor, $0, socklen_t($1)) }) == 0 {
            throw failure(path, "another companion listens on it; stop that one, or choose another path")
        }
        guard errno == ECONNREFUSED else { throw systemFailure(path, "cannot tell whether somebody listens on it") }
    }

    private static func failure(_ path: String, _ what: String) -> ListenFailure {
        ListenFailure("hand-over socket \(LogText.escape(path, limit: 120)): \(what)")
    }

    private static func systemFailure(_ path: String, _ what: String) -> ListenFailure {
        failure(path, "\(what): \(String(cString: strerror(errno)))")
    }
}
