import Foundation
import Glibc

/// Small text files: read whole, with failures in words.
package enum TextFile {
    /// Why a file could not be read.
    package struct Failure: Error {
        package var reason: String
        package var remedy: String
    }

    /// The largest file that is read: far above what any of them needs.
    static let byteCountMax = 16 << 20

    /// The text of the file.
    package static func read(_ path: String) throws(Failure) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Failure(errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw Failure(reason: "it is a folder", remedy: "write the path of a file")
        }
        guard status.st_size <= byteCountMax else {
            throw Failure(reason: "it is larger than 16 MiB", remedy: "write the path of the right file")
        }
        guard let data = try? FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).readToEnd() ?? Data(),
            let text = String(data: data, encoding: .utf8)
        else { throw Failure(reason: "it is not UTF-8 text", remedy: "write the path of the right file") }
        return text
    }

    /// Whether anyone but owner and group may read the file.
    package static func isReadableByAll(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IROTH != 0
    }
}

extension TextFile.Failure {
    /// The failure that a system call reports.
    init(_ code: CInt) {
        reason = String(cString: strerror(code)).lowercased()
        remedy =
            switch code {
            case ENOENT: "check the path"
            case EACCES, EPERM: "make it readable for the user that the program runs as"
            default: "check the file"
            }
    }
}
