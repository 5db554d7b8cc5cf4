import Foundation
import Synchronization

/// A server for one test on a loopback port or a Unix socket: `serve` gets each connection on a thread of its own.
final class LoopbackServer: Sendable {
    /// One connection, read by lines or by counts.
    final class Connection {
        private let descriptor: Int32
        private var buffer: [UInt8] = []

        init(_ descriptor: Int32) { self.descriptor = descriptor }

        /// The next line without its end; nil at the end of the connection.
        func line() -> String? {
            while true {
                if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                    let line = buffer[..<end].filter { $0 != UInt8(ascii: "\r") }
                    buffer.removeFirst(end + 1)
                    return String(decoding: line, as: UTF8.self)
                }
                guard fill() else { return nil }
            }
        }

        func bytes(_ count: Int) -> String {
            while buffer.count < count, fill() {}
            defer { buffer.removeFirst(min(count, buffer.count)) }
            return String(decoding: buffer.prefix(count), as: UTF8.self)
        }

        func write(_ text: String) {
            let bytes = Array(text.utf8)
            _ = Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }

        private func fill() -> Bool {
            var piece = [UInt8](repeating: 0, count: 4096)
            let got = recv(descriptor, &piece, piece.count, 0)
            guard got > 0 else { return false }
            buffer += piece[..<got]
            return true
        }
    }

    let port: UInt16
    private let descriptor: Int32

    /// Listens on a free port of 127.0.0.1.
    convenience init(serve: @escaping @Sendable (Connection) -> Void) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                precondition(bind(descriptor, address, length) == 0)
                precondition(getsockname(descriptor, address, &length) == 0)
            }
        }
        self.init(descriptor, port: UInt16(bigEndian: address.sin_port), serve)
    }

    /// Listens on a Unix socket.
    convenience init(path: String, serve: @escaping @Sendable (Connection) -> Void) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                precondition(bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0)
            }
        }
        self.init(descriptor, port: 0, serve)
    }

    private init(_ descriptor: Int32, port: UInt16, _ serve: @escaping @Sendable (Connection) -> Void) {
        precondition(listen(descriptor, 8) == 0)
        self.descriptor = descriptor
        self.port = port
        Thread.detachNewThread {
            while case let accepted = accept(descriptor, nil, nil), accepted >= 0 {
                serve(Connection(accepted))
                close(accepted)
            }
            close(descriptor)
        }
    }

    /// The thread closes what it accepts from: closed here, the number could be another server's before it looks.
    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }
}

/// Texts that a server's thread collects.
final class Collected: Sendable {
    private let texts = Mutex<[String]>([])
    var all: [String] { texts.withLock { $0 } }
    func add(_ text: String) { texts.withLock { $0.append(text) } }
}
