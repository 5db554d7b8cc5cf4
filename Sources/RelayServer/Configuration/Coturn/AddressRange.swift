import RelayCore
import STUN

/// Addresses from a first to a last one, as coturn writes its peer lists.
struct AddressRange {
    var first: IPAddress
    var last: IPAddress

    /// Reads `ADDRESS`, `FIRST-LAST` or `ADDRESS/LENGTH`.
    init?(_ text: String) {
        if let block = CIDR(text) {
            first = block.network
            last = block.last
            return
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(\.trimmed)
        guard parts.count == 2, let first = IPAddress(parts[0]), let last = IPAddress(parts[1]),
            first.family == last.family, first.integer <= last.integer
        else { return nil }
        self.first = first
        self.last = last
    }

    /// The fewest blocks that hold the same addresses.
    var blocks: [CIDR] {
        let width = first.family == .ipv4 ? 32 : 128
        var blocks: [CIDR] = []
        var next = first.integer
        while next <= last.integer {
            // The largest block that starts here: as aligned as the start, and no longer than what is left.
            var hostBits = next == 0 ? width : min(width, next.trailingZeroBitCount)
            while hostBits > 0, hostBits == 128 ? last.integer != .max : next + ((1 << hostBits) - 1) > last.integer {
                hostBits -= 1
            }
            guard let block = CIDR(network: .init(next, first.family), prefixLength: width - hostBits) else { break }
            blocks.append(block)
            let (following, overflow) = hostBits == 128 ? (0, true) : next.addingReportingOverflow(1 << hostBits)
            if overflow { break }
            next = following
        }
        return blocks
    }
}

extension IPAddress {
    fileprivate var integer: UInt128 { UInt128(high) << 64 | UInt128(low) }

    fileprivate init(_ integer: UInt128, _ family: AddressFamily) {
        switch family {
        case .ipv4: self.init(ipv4: UInt32(truncatingIfNeeded: integer))
        case .ipv6:
            self.init(
                ipv6High: UInt64(truncatingIfNeeded: integer >> 64), low: UInt64(truncatingIfNeeded: integer))
        }
    }
}
