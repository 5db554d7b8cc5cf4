import Glibc
import Integrity
import STUN
import TURNClient

/// Binding requests and their answers over a UDP socket of its own [RFC 8489 2, RFC 5780].
struct BindingExchange: ~Copyable {
    /// What an answer says.
    struct Answer {
        /// The client's address as the server sees it.
        var mapped: TransportAddress
        /// Another address of the server, if it offers one [RFC 5780 7.4].
        var other: TransportAddress?
        /// The server's SOFTWARE.
        var software: String?
        /// From request to answer, in nanoseconds.
        var roundTrip: UInt64
    }

    /// What a request asks for besides.
    enum Extra {
        case none
        /// CHANGE-REQUEST with these flags [RFC 5780 7.2].
        case change(address: Bool, port: Bool)
        /// Filled up to so many bytes of message.
        case filled(Int)
    }

    /// An attribute that no server has to understand and none does [RFC 8489 18.3]: it only takes up room.
    private static let filler = AttributeType(rawValue: 0xC0FF)

    let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 2_048)

    /// A socket connected to `server`; unconnected when `isOpen`, to hear answers from other addresses.
    init(to server: TransportAddress, isOpen: Bool = false) throws(PathProblem) {
        descriptor = try BindingExchange.makeSocket(server, isOpen)
    }

    private static func makeSocket(_ server: TransportAddress, _ isOpen: Bool) throws(PathProblem) -> Int32 {
        if isOpen {
            let family = server.family == .ipv4 ? AF_INET : AF_INET6
            let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            let descriptor = socket(family, kind, 0)
            guard descriptor >= 0 else { throw PathProblem(.noRoute, "no socket of this family") }
            return descriptor
        }
        do throws(ClientSocketFailure) {
            let descriptor = try ClientSocket.connect(to: server, .udp)
            SocketOptions.reportErrors(descriptor, server.family)
            return descriptor
        } catch {
            throw PathProblem(error, .connecting)
        }
    }

    deinit {
        close(descriptor)
    }

    /// Asks and waits, repeating the request after each of `waits` (in milliseconds); nil when nothing came.
    mutating func ask(
        _ server: TransportAddress, _ extra: Extra = .none, waits: [UInt64] = [500, 1_000, 2_000]
    ) throws(PathProblem) -> Answer? {
        var random = SecureRandom()
        let id = TransactionID(high: UInt32(truncatingIfNeeded: random.next()), low: random.next())
        let request = BindingExchange.message(id, extra)
        for wait in waits {
            let sentAt = ClientClock.nanoseconds
            guard try send(request, to: server) else { return nil }
            let deadline = ClientClock.milliseconds + wait
            while ClientClock.wait(on: [descriptor], until: deadline) {
                let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
                guard count > 0 else {
                    guard errno == EAGAIN || errno == EMSGSIZE else {
                        throw PathProblem(.current("recv"), .talking(isStream: false))
                    }
                    dropErrors()
                    if ClientClock.milliseconds >= deadline { break }
                    continue
                }
                if var answer = BindingExchange.read(Array(buffer[..<count]), id) {
                    answer.roundTrip = ClientClock.nanoseconds - sentAt
                    return answer
                }
            }
        }
        return nil
    }

    /// Empties the error queue: the socket counts as readable until it is.
    private mutating func dropErrors() {
        while buffer.withUnsafeMutableBytes({ recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_ERRQUEUE)) }
        )
            >= 0
        {}
    }

    /// Whether the datagram went; false when it is longer than the way's first link carries.
    private func send(_ bytes: [UInt8], to server: TransportAddress) throws(PathProblem) -> Bool {
        for _ in 0..<2 {
            let count = bytes.withUnsafeBytes { pointer in
                ClientSocket.withKernelAddress(server) {
                    sendto(descriptor, pointer.baseAddress, pointer.count, Int32(MSG_NOSIGNAL), $0, $1)
                }
            }
            if count >= 0 { return true }
            // An error that an earlier datagram met is reported once, in place of sending.
            if errno == EMSGSIZE { return false }
            guard errno == ECONNREFUSED || errno == EAGAIN else {
                throw PathProblem(.current("send"), .talking(isStream: false))
            }
        }
        throw PathProblem(.current("send"), .talking(isStream: false))
    }

    private static func message(_ id: TransactionID, _ extra: Extra) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 2_048)
        var count = 0
        do {
            var span = bytes.mutableSpan
            var buffer = span.mutableBytes
            var writer = MessageWriter(MessageType(.binding, .request), id, into: &buffer)
            switch extra {
            case .none: break
            case .change(let address, let port):
                writer.append(.changeRequest, uint32: (address ? 4 : 0) | (port ? 2 : 0), into: &buffer)
            case .filled(let size):
                _ = writer.reserve(filler, byteCount: max(0, size - writer.count - 4), into: &buffer)
            }
            count = writer.count
        }
        return Array(bytes[..<count])
    }

    private static func read(_ datagram: [UInt8], _ id: TransactionID) -> Answer? {
        let bytes = datagram.span.bytes
        guard let index = try? MessageIndex.parse(bytes), index.transactionID == id,
            index.type == MessageType(.binding, .success),
            case .value(let mapped) = index.reflexiveAddress(in: bytes)
        else { return nil }
        return Answer(
            mapped: mapped, other: index.plainAddress(index.otherAddress, in: bytes).value,
            software: index.software.flatMap { bytes.extracting($0.range).text() }, roundTrip: 0)
    }
}

/// Options of a UDP socket that a probe wants and a client does not.
enum SocketOptions {
    /// ICMP errors are reported as errors of the next call.
    static func reportErrors(_ descriptor: Int32, _ family: AddressFamily) {
        if family == .ipv4 {
            set(descriptor, Int32(IPPROTO_IP), IP_RECVERR, 1)
        } else {
            set(descriptor, Int32(IPPROTO_IPV6), IPV6_RECVERR, 1)
        }
    }

    /// Datagrams go with Don't Fragment, whatever the kernel believes the path to carry.
    static func forbidFragments(_ descriptor: Int32, _ family: AddressFamily) {
        if family == .ipv4 {
            set(descriptor, Int32(IPPROTO_IP), IP_MTU_DISCOVER, IP_PMTUDISC_PROBE)
        } else {
            set(descriptor, Int32(IPPROTO_IPV6), IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE)
        }
    }

    /// What the kernel believes the path of a connected socket to carry: the first link's MTU, or what ICMP told.
    static func knownMTU(_ descriptor: Int32, _ family: AddressFamily) -> Int? {
        let (level, option) = family == .ipv4 ? (IPPROTO_IP, IP_MTU) : (IPPROTO_IPV6, IPV6_MTU)
        var value: Int32 = 0
        var count = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, Int32(level), option, &value, &count) == 0 ? Int(value) : nil
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
