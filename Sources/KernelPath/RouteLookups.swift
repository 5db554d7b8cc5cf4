import Glibc

/// What the program needs of the network's settings.
enum RouteLookups {
    /// The kernel looks up routes for a program only on behalf of an interface whose forwarding is on. The loopback
    /// interface is such a one after this: nothing comes in there that is not from this host, so the host becomes no
    /// router, and routes are those of what it sends itself.
    static func enable() throws(KernelPathFailure) {
        for family in ["ipv4", "ipv6"] {
            let path = "/proc/sys/net/\(family)/conf/lo/forwarding"
            guard let value = read(path) else { continue }  // a host without this family
            if value == 1 || write(path, "1") { continue }
            throw KernelPathFailure(
                "routes cannot be looked up (\(String(cString: strerror(errno)))); "
                    + "set net.\(family).conf.lo.forwarding=1 (sysctl)")
        }
    }

    /// The hops that IPv4 datagrams of this host start with.
    static var timeToLive: UInt8 { UInt8(clamping: read("/proc/sys/net/ipv4/ip_default_ttl") ?? 64) }

    /// The hops that IPv6 datagrams of this host start with.
    static var hopLimit: UInt8 { UInt8(clamping: read("/proc/sys/net/ipv6/conf/default/hop_limit") ?? 64) }

    private static func read(_ path: String) -> Int? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var text = [UInt8](repeating: 0, count: 32)
        let count = Glibc.read(descriptor, &text, text.count)
        return Int(String(decoding: text.prefix(max(count, 0)).prefix { $0 != 10 }, as: UTF8.self))
    }

    private static func write(_ path: String, _ text: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return text.withCString { Glibc.write(descriptor, $0, strlen($0)) } > 0
    }
}
