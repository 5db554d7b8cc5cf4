import CBPF
import Glibc

/// What there is to know of an interface of this host.
struct NetworkInterface {
    /// Its number.
    var index: UInt32 = 0
    /// Its hardware address.
    var mac: (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0, 0, 0)
    /// The name of its driver.
    let driver: String

    init(_ name: String) throws(KernelPathFailure) {
        var index: UInt32 = 0
        var mac: (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0, 0, 0)
        var driver = [CChar](repeating: 0, count: 32)
        let failed = withUnsafeMutableBytes(of: &mac) { bytes in
            cbpf_interface(name, &index, bytes.baseAddress!.assumingMemoryBound(to: UInt8.self), &driver)
        }
        guard failed == 0 else {
            throw KernelPathFailure("interface \(name): \(String(cString: strerror(-failed)))")
        }
        self.index = index
        self.mac = mac
        self.driver = String(decoding: driver.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Drivers that send what another interface's driver redirects to them. Others run programs too, and lose such
    /// frames silently; a virtual pair (veth) does so unless its other end takes part, which cannot be seen from here.
    private static let redirecting: Set<String> = [
        "bnxt_en", "ena", "gve", "hv_netvsc", "i40e", "ice", "igb", "igc", "ixgbe", "ixgbevf", "mana", "mlx5_core",
        "mvneta", "qede", "sfc", "virtio_net",
    ]

    /// Whether it is an end of a virtual pair. Its driver leaves what a program sends back lying until something else
    /// comes, unless the other end has a program too; what is redirected it hands over at once.
    var isVirtualPair: Bool { driver == "veth" }

    /// Whether native forwarding is known to work on this interface.
    static func redirectsNatively(_ name: String) -> Bool {
        (try? NetworkInterface(name)).map { redirecting.contains($0.driver) } ?? false
    }

    /// Whether other interfaces are VLANs of this one.
    static func carriesVLANs(_ name: String, listedIn path: String = "/proc/net/vlan/config") -> Bool {
        guard let file = fopen(path, "re") else { return false }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, CInt(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            let columns = text.split { $0 == "|" || $0 == " " || $0 == "\n" }
            if columns.count == 3, columns[2] == name { return true }
        }
        return false
    }
}
