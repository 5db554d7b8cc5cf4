import CBPF
import Glibc

/// What there is to know of an interface of this host.
struct NetworkInterface {
    private var record: cbpf_interface

    /// Interfaces that are looked at, at most.
    private static let interfacesMax = 4096

    /// All of this network namespace.
    static func all() throws(KernelPathFailure) -> [NetworkInterface] {
        var records = [cbpf_interface](repeating: cbpf_interface(), count: interfacesMax)
        let count = cbpf_interfaces(&records, Int32(interfacesMax))
        guard count >= 0 else {
            throw KernelPathFailure("the interfaces cannot be listed: \(String(cString: strerror(-count)))")
        }
        return records.prefix(Int(count)).map(NetworkInterface.init)
    }

    private init(record: cbpf_interface) { self.record = record }

    /// Its number.
    var index: UInt32 { record.index }
    /// The number of the interface that a VLAN's frames travel over; 0 for others.
    var lower: UInt32 {
        get { record.lower }
        set { record.lower = newValue }
    }
    /// Its VLAN, of 802.1Q; 0: none.
    var vlan: UInt16 {
        get { record.vlan }
        set { record.vlan = newValue }
    }
    /// Its hardware address.
    var mac: (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) { record.mac }
    /// Whether its frames are Ethernet's: those of tunnels and of the loopback interface are not, or never leave.
    var isEthernet: Bool { record.is_ethernet != 0 }
    /// Its name.
    var name: String { Self.text(of: record.name) }

    /// The name of its driver; empty when it has none.
    var driver: String {
        var record = record
        cbpf_driver(&record)
        return Self.text(of: record.driver)
    }

    private static func text<Characters>(of characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// Drivers that send what another interface's driver redirects to them. Others run programs too, and lose such
    /// frames silently; a virtual pair (veth) does so unless its other end takes part, which cannot be seen from here.
    private static let redirecting: Set<String> = [
        "bnxt_en", "ena", "gve", "hv_netvsc", "i40e", "ice", "igb", "igc", "ixgbe", "ixgbevf", "mana", "mlx5_core",
        "mvneta", "qede", "sfc", "virtio_net",
    ]

    /// Whether native forwarding is known to work on this interface.
    var redirectsNatively: Bool { Self.redirecting.contains(driver) }

    /// Whether it is an end of a virtual pair. Its driver leaves what a program sends back lying until something else
    /// comes, unless the other end has a program too; what is redirected it hands over at once.
    var isVirtualPair: Bool { driver == "veth" }
}
