import CLinux
import STUN

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
