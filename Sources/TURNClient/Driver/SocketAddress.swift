import Glibc
import STUN

/// Between `TransportAddress` and the kernel's address structures.
enum SocketAddress {
    /// The addresses of a host: an address as it is, a name through the system's resolver.
    static func resolve(_ host: String, port: UInt16, isStream: Bool) throws(ClientSocketFailure) -> [TransportAddress]
    {
        if let ip = IPAddress(host) { return [TransportAddress(ip: ip, port: port)] }
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32((isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, nil, &hints, &list)
        guard result == 0 else {
            throw .unresolved(host: host, reason: String(cString: gai_strerror(result)))
        }
        defer { freeaddrinfo(list) }
        var found: [TransportAddress] = []
        var entry = list
        while let current = entry?.pointee {
            if let address = current.ai_addr.flatMap({ read($0) }) {
                let whole = TransportAddress(ip: address.ip, port: port)
                if !found.contains(whole) { found.append(whole) }
            }
            entry = current.ai_next
        }
        guard !found.isEmpty else { throw .unresolved(host: host, reason: "no IPv4 or IPv6 address") }
        return found
    }

    /// Calls `body` with the kernel's form of `address`.
    static func with<Result>(
        _ address: TransportAddress, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        switch address.family {
        case .ipv4:
            var raw = sockaddr_in()
            raw.sin_family = sa_family_t(AF_INET)
            raw.sin_port = address.port.bigEndian
            raw.sin_addr.s_addr = address.ip.ipv4.bigEndian
            return withUnsafePointer(to: &raw) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        case .ipv6:
            var raw = sockaddr_in6()
            raw.sin6_family = sa_family_t(AF_INET6)
            raw.sin6_port = address.port.bigEndian
            withUnsafeMutableBytes(of: &raw.sin6_addr) {
                $0.storeBytes(of: address.ip.high.bigEndian, toByteOffset: 0, as: UInt64.self)
                $0.storeBytes(of: address.ip.low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            return withUnsafePointer(to: &raw) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
    }

    /// The address a socket is bound to.
    static func local(of descriptor: Int32) -> TransportAddress? {
        var storage = sockaddr_storage()
        var count = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &count) == 0 ? read($0) : nil
            }
        }
    }

    private static func read(_ address: UnsafePointer<sockaddr>) -> TransportAddress? {
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                TransportAddress(
                    ip: IPAddress(ipv4: UInt32(bigEndian: $0.pointee.sin_addr.s_addr)),
                    port: UInt16(bigEndian: $0.pointee.sin_port))
            }
        case AF_INET6:
            return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { pointer in
                let port = UInt16(bigEndian: pointer.pointee.sin6_port)
                return withUnsafeBytes(of: pointer.pointee.sin6_addr) {
                    TransportAddress(
                        ip: IPAddress(
                            ipv6High: UInt64(bigEndian: $0.load(as: UInt64.self)),
                            low: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))),
                        port: port)
                }
            }
        default: return nil
        }
    }
}
