import COpenSSL
import Glibc
import STUN
import Testing

private func limit(_ descriptor: Int32) {
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
}

/// A TCP connection to loopback, blocking.
func connectedSocket(to server: TransportAddress) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    limit(descriptor)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = server.port.bigEndian
    address.sin_addr.s_addr = server.ip.ipv4.bigEndian
    let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    try #require(result == 0)
    return descriptor
}

/// A client over TLS that does what it is told and waits for it.
final class TLSTestClient {
    let descriptor: Int32
    private let context: OpaquePointer
    private let session: OpaquePointer

    init(_ server: TransportAddress) throws {
        descriptor = try connectedSocket(to: server)
        context = try #require(copenssl_client_context(0, nil))
        session = try #require(SSL_new(context))
        SSL_set_fd(session, descriptor)
        try #require(SSL_connect(session) == 1)
    }

    deinit {
        SSL_free(session)
        SSL_CTX_free(context)
        close(descriptor)
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) { #expect(SSL_write(session, bytes, Int32(bytes.count)) == bytes.count) }

    /// Everything until the server's orderly end; fails when the connection is cut instead.
    func readToEnd() throws -> String {
        var all: [UInt8] = []
        while let bytes = try read() { all += bytes }
        return String(decoding: all, as: UTF8.self)
    }

    /// What one read brings; nil at an orderly end.
    func read() throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = SSL_read(session, &bytes, Int32(bytes.count))
        if count > 0 { return Array(bytes.prefix(Int(count))) }
        try #require(SSL_get_error(session, count) == SSL_ERROR_ZERO_RETURN)
        return nil
    }
}

/// The companion's end: a Unix socket that takes connections one by one.
final class UnixTestServer {
    let path: String
    private let listener: Int32

    init(path: String, backlog: Int32 = 16) throws {
        self.path = path
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        limit(listener)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0 && listen(listener, backlog) == 0)
    }

    deinit { close(listener) }

    func accept() throws -> UnixTestConnection {
        let descriptor = Glibc.accept(listener, nil, nil)
        try #require(descriptor >= 0)
        limit(descriptor)
        return UnixTestConnection(descriptor: descriptor)
    }
}

/// One connection at the companion's end.
final class UnixTestConnection {
    private var descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { end() }

    func end() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        #expect(Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
    }

    /// Exactly `count` bytes, or fewer when the other side ends.
    func read(_ count: Int) -> [UInt8] {
        var all: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: count)
        while all.count < count {
            let got = recv(descriptor, &bytes, count - all.count, 0)
            guard got > 0 else { return all }
            all += bytes.prefix(got)
        }
        return all
    }
}
