import Credentials
public import Foundation
import Glibc

/// Asks a running relay, over its admin socket. Calls block; each makes a connection of its own.
public struct AdminClient: Sendable {
    /// The relay's socket.
    public let socketPath: String
    /// Seconds one call may take.
    public var timeoutSeconds: Int

    /// A client for the relay that listens at `socketPath`.
    public init(socketPath: String = AdminAPI.defaultSocketPath, timeoutSeconds: Int = 10) {
        self.socketPath = socketPath
        self.timeoutSeconds = timeoutSeconds
    }

    /// The relay's answer to `request`, as the JSON it sent.
    public func call(_ request: AdminRequest) throws(AdminClientFailure) -> Data {
        var body = Data()
        if case .revoke(let name) = request {
            body = (try? JSONEncoder().encode(RevokeRequest(name: name))) ?? Data()
        }
        let (status, answer) = try exchange(request.method, request.target, body)
        guard status == 200 else {
            guard let document = try? JSONDecoder().decode(ErrorDocument.self, from: answer) else {
                throw .notARelay(socketPath, "it answers with HTTP status \(status)")
            }
            throw .refused(code: document.error.code, message: document.error.message)
        }
        return answer
    }

    /// The relay's answer to `request`, decoded.
    public func call<Document: Decodable>(
        _ request: AdminRequest, as type: Document.Type
    ) throws(AdminClientFailure) -> Document {
        let answer = try call(request)
        do {
            return try JSONDecoder().decode(type, from: answer)
        } catch {
            throw .notARelay(socketPath, "its answer is not of the expected form, is it of another version?")
        }
    }

    private func exchange(
        _ method: String, _ target: String, _ body: Data
    ) throws(AdminClientFailure) -> (status: Int, body: Data) {
        let descriptor = try connect()
        defer { close(descriptor) }
        let head =
            "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Content-Length: \(body.count)\r\nContent-Type: application/json\r\n\r\n"
        try send(Data(head.utf8) + body, to: descriptor)
        guard let answer = HTTPAnswer(try receive(from: descriptor)) else {
            throw .notARelay(socketPath, "what it answers is no HTTP")
        }
        return (answer.status, answer.body)
    }

    private func connect() throws(AdminClientFailure) -> Int32 {
        guard let address = UnixAddress(path: socketPath) else { throw .badPath(socketPath) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system(socketPath, errno) }
        var limit = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        guard address.withSocketAddress({ Glibc.connect(descriptor, $0, $1) }) == 0 else {
            let number = errno
            close(descriptor)
            throw .connecting(socketPath, number)
        }
        return descriptor
    }

    private func send(_ bytes: Data, to descriptor: Int32) throws(AdminClientFailure) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + offset, $0.count - offset, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                offset += count
            } else if errno != EINTR {
                throw .system(socketPath, errno)
            }
        }
    }

    /// Everything up to the end of the connection, which the request asked for.
    private func receive(from descriptor: Int32) throws(AdminClientFailure) -> Data {
        var bytes = Data()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                bytes.append(contentsOf: buffer[..<count])
                guard bytes.count <= AdminAPI.responseBytesMax else {
                    throw .notARelay(socketPath, "its answer has no end")
                }
            } else if count == 0 {
                return bytes
            } else if errno != EINTR {
                throw .system(socketPath, errno)
            }
        }
    }
}

/// Why a call came to nothing: one line that says what helps.
public enum AdminClientFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The path cannot be that of a socket.
    case badPath(String)
    /// Connecting failed with this system error.
    case connecting(String, Int32)
    /// Sending or receiving failed with this system error.
    case system(String, Int32)
    /// Something else than a relay answers.
    case notARelay(String, String)
    /// The relay answered that it will not, or cannot.
    case refused(code: String, message: String)

    /// What happened and what helps.
    public var description: String {
        switch self {
        case .badPath(let path):
            return "admin socket \(Self.shown(path)): a socket's path has 1 to \(UnixAddress.pathBytesMax) bytes; "
                + "name the relay's socket with --admin PATH"
        case .connecting(let path, ENOENT):
            return "no relay at \(Self.shown(path)): there is no such socket; start the relay with "
                + "--admin \(Self.shown(path)), or name its socket with --admin PATH"
        case .connecting(let path, ECONNREFUSED):
            return "no relay at \(Self.shown(path)): nobody listens on the socket any more; start the relay again, "
                + "or name its socket with --admin PATH"
        case .connecting(let path, EACCES), .connecting(let path, EPERM):
            return "the relay at \(Self.shown(path)) admits its own user only; run this command as that user"
        case .connecting(let path, let number):
            return "no relay at \(Self.shown(path)): \(String(cString: strerror(number))); "
                + "name the relay's socket with --admin PATH"
        case .system(let path, EAGAIN):
            return "the relay at \(Self.shown(path)) does not answer in time; it is overloaded or stopped"
        case .system(let path, let number):
            return "the relay at \(Self.shown(path)) broke off: \(String(cString: strerror(number)))"
        case .notARelay(let path, let reason):
            return "\(Self.shown(path)) is not the admin socket of a relay like this one: \(reason)"
        case .refused(_, let message):
            return LogText.visible(message.replacing("\n", with: "; "))
        }
    }

    private static func shown(_ path: String) -> String { LogText.quotedIfNeeded(path) }
}

/// An HTTP/1.1 answer with a Content-Length [RFC 9112], as the relay's server sends them.
private struct HTTPAnswer {
    let status: Int
    let body: Data

    init?(_ bytes: Data) {
        guard let end = bytes.firstRange(of: Data("\r\n\r\n".utf8)),
            let head = String(validating: bytes[..<end.lowerBound], as: UTF8.self)
        else { return nil }
        let lines = head.split(separator: "\r\n")
        guard let words = lines.first?.split(separator: " "), words.count >= 2, words[0].hasPrefix("HTTP/1."),
            let status = Int(words[1])
        else { return nil }
        let name = "content-length:"
        let length = lines.dropFirst().first { $0.lowercased().hasPrefix(name) }
            .flatMap { Int($0.dropFirst(name.count).trimmingCharacters(in: .whitespaces)) }
        let rest = bytes[end.upperBound...]
        guard let length, length >= 0, rest.count >= length else { return nil }
        self.status = status
        body = Data(rest.prefix(length))
    }
}
