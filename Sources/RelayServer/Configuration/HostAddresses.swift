import Glibc
public import STUN

/// The addresses of this host, asked from the system.
public enum HostAddresses {
    /// All addresses of all interfaces that are up, loopback included, link-local IPv6 aside.
    public static func all() -> [IPAddress] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        var addresses: [IPAddress] = []
        var next = first
        while let entry = next {
            next = entry.pointee.ifa_next
            guard entry.pointee.ifa_flags & UInt32(IFF_UP) != 0, let address = entry.pointee.ifa_addr,
                let ip = IPAddress(socketAddress: address), !ip.isLinkLocal, !addresses.contains(ip)
            else { continue }
            addresses.append(ip)
        }
        return addresses
    }

    /// The interfaces, loopback aside, that have one of these addresses; an unspecified one stands for all.
    static func interfaces(of wanted: [IPAddress]) -> [String] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        var names: [String] = []
        var next = first
        while let entry = next {
            next = entry.pointee.ifa_next
            let flags = entry.pointee.ifa_flags
            guard flags & UInt32(IFF_UP) != 0, flags & UInt32(IFF_LOOPBACK) == 0, let address = entry.pointee.ifa_addr,
                let ip = IPAddress(socketAddress: address),
                wanted.contains(where: { $0 == ip || $0.isUnspecified && $0.family == ip.family })
            else { continue }
            let name = String(cString: entry.pointee.ifa_name)
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// The address that packets to the outside carry as their source; `nil` without a route. Sends nothing.
    public static func ofDefaultRoute(_ family: AddressFamily) -> IPAddress? {
        // Any address beyond the local networks will do: connecting a UDP socket only looks up the route.
        let target: TransportAddress =
            family == .ipv4
            ? TransportAddress(ip: IPAddress(ipv4: 0xC633_6401), port: 9)
            : TransportAddress(ip: IPAddress(ipv6High: 0x2001_0DB8_0000_0000, low: 1), port: 9)
        let descriptor = socket(
            family == .ipv4 ? AF_INET : AF_INET6, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard target.withSocketAddress({ connect(descriptor, $0, $1) }) == 0 else { return nil }
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard getsockname(descriptor, address, &size) == 0, let ip = IPAddress(socketAddress: address),
                    !ip.isUnspecified
                else { return nil }
                return ip
            }
        }
    }

    /// The addresses to relay from when none is configured: those of the default routes, or loopback without any.
    public static func forRelaying() -> [RelayAddress] {
        let addresses = [AddressFamily.ipv4, .ipv6].compactMap(ofDefaultRoute)
        return (addresses.isEmpty ? [IPAddress(ipv4: 0x7F00_0001)] : addresses).map { RelayAddress($0) }
    }

    /// The name of this host.
    public static var name: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// Whether the ports of listeners can be had.
public enum PortCheck {
    /// The first listener that cannot be bound, with the system's error number.
    ///
    /// A port that another process shares through SO_REUSEPORT counts as taken: binding it would silently split its
    /// traffic between the two.
    public static func firstUnavailable(of listeners: [ListenerAddress]) -> (listener: ListenerAddress, code: CInt)? {
        for listener in listeners {
            for address in listener.bindAddresses {
                let code = bindError(address, isDatagram: listener.transport == .udp)
                // A host without IPv6 listens on IPv4 alone.
                if code == EAFNOSUPPORT, listener.ip == nil, address.ip.family == .ipv6 { continue }
                if code != 0 { return (listener, code) }
            }
        }
        return nil
    }

    private static func bindError(_ address: TransportAddress, isDatagram: Bool) -> CInt {
        let kind = isDatagram ? SOCK_DGRAM.rawValue : SOCK_STREAM.rawValue
        let descriptor = socket(
            address.ip.family == .ipv4 ? AF_INET : AF_INET6, CInt(kind | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var on: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        if address.ip.family == .ipv6 { setsockopt(descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &on, size) }
        // Connections that linger from an earlier run do not count.
        if !isDatagram { setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size) }
        guard address.withSocketAddress({ bind(descriptor, $0, $1) }) == 0 else { return errno }
        // With SO_REUSEADDR a stream socket binds beside a listening one, and only listen() tells.
        return isDatagram || listen(descriptor, 1) == 0 ? 0 : errno
    }
}

extension IPAddress {
    fileprivate var isLinkLocal: Bool { family == .ipv6 && high >> 54 == 0x3FA }

    fileprivate init?(socketAddress: UnsafePointer<sockaddr>) {
        switch CInt(socketAddress.pointee.sa_family) {
        case AF_INET:
            self = socketAddress.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                IPAddress(ipv4: UInt32(bigEndian: $0.pointee.sin_addr.s_addr))
            }
        case AF_INET6:
            self = socketAddress.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                withUnsafeBytes(of: $0.pointee.sin6_addr) { bytes in
                    IPAddress(
                        ipv6High: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                        low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
                }
            }
        default: return nil
        }
    }
}

extension TransportAddress {
    fileprivate func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        if ip.family == .ipv4 {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = ip.ipv4.bigEndian
            return withUnsafeBytes(of: &address) {
                body($0.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t($0.count))
            }
        }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        withUnsafeMutableBytes(of: &address.sin6_addr) {
            $0.storeBytes(of: ip.high.bigEndian, toByteOffset: 0, as: UInt64.self)
            $0.storeBytes(of: ip.low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        return withUnsafeBytes(of: &address) {
            body($0.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t($0.count))
        }
    }
}
