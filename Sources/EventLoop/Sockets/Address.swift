import CLinux
public import STUN

extension TransportAddress {
    /// From the form that the C headers use; an unknown family becomes 0.0.0.0:0.
    @inline(__always)
    init(_ address: clinux_address) {
        let ip =
            address.family == 2
            ? IPAddress(ipv6High: address.high, low: address.low)
            : IPAddress(ipv4: UInt32(truncatingIfNeeded: address.low))
        self.init(ip: ip, port: address.port)
    }

    /// In the form that the C headers use.
    @inline(__always)
    var native: clinux_address {
        clinux_address(high: ip.high, low: ip.low, port: port, family: ip.family.rawValue)
    }
}

/// The addresses of the interfaces of this host, IPv6 link-local ones left out: they mean nothing without a zone.
public func interfaceAddresses() -> [IPAddress] {
    let capacity = 1024
    let found = [clinux_address](unsafeUninitializedCapacity: capacity) { buffer, count in
        count = Int(clinux_interface_addresses(buffer.baseAddress, Int32(capacity)))
    }
    var seen: [IPAddress] = []
    for address in found.map({ TransportAddress($0).ip }) where !seen.contains(address) {
        if address.family == .ipv6 && address.high >> 54 == 0xfe80 >> 6 { continue }
        seen.append(address)
    }
    return seen
}
