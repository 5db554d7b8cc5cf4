import Glibc
import STUN
import Synchronization
import Testing

@testable import KernelPath

/// A network namespace of the calling thread: a relay's host with an interface to its clients and one to peers.
struct Network {
    /// The hardware address of both interfaces; the neighbours' ends in 2.
    static let mac: [UInt8] = [2, 0, 0, 0, 0, 1]
    static let neighbour: [UInt8] = [2, 0, 0, 0, 0, 2]
    /// A VLAN of each interface; its network is the one of this number.
    static let clientVLAN: UInt16 = 7
    static let peerVLAN: UInt16 = 9
    /// What fits through the interface to the peers.
    static let peerMTU = 1400

    let clients: UInt32
    let peers: UInt32

    /// Whether the tests that need it can run; a skipped one says so.
    static var isAvailable: Bool { geteuid() == 0 && access("/sys/fs/bpf", F_OK) == 0 }
    /// Whether the kernel makes VLANs.
    static var hasVLANs: Bool {
        isAvailable && system("unshare -n ip link add link lo name v type vlan id 7 2>/dev/null") == 0
    }
    static let requirement: Comment = "needs root, network namespaces and BPF"

    /// Runs `body` in a new network; the thread is back in its own one afterwards.
    static func with<Result>(_ body: (Network) throws -> Result) throws -> Result {
        let before = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
        try #require(before >= 0 && Namespaces.unshare(Namespaces.network) == 0)
        defer {
            _ = Namespaces.setns(before, Namespaces.network)
            close(before)
        }
        let commands = """
            ip link set lo up
            ip link add c0 address 02:00:00:00:00:01 type veth peer name c1 address 02:00:00:00:00:02
            ip link add p0 address 02:00:00:00:00:01 mtu \(peerMTU) type veth peer name p1 address 02:00:00:00:00:02
            # In the place of VLANs' interfaces, which not every kernel can make.
            ip link add c7 address 02:00:00:00:00:01 type veth peer name c7end
            ip link add p9 address 02:00:00:00:00:01 mtu \(peerMTU) type veth peer name p9end
            for end in c0 c1 p0 p1 c7 c7end p9 p9end; do ip link set $end up; done
            for place in c0/1 p0/2 c7/\(clientVLAN) p9/\(peerVLAN); do
                end=${place%/*} n=${place#*/}
                ip addr add 10.90.$n.1/16 dev $end; ip route del 10.90.0.0/16 dev $end
                ip route add 10.90.$n.0/24 dev $end
                ip -6 addr add fd90:$n::1/64 dev $end nodad
                for host in 2 3 4 5; do
                    ip neigh replace 10.90.$n.$host lladdr 02:00:00:00:00:02 dev $end nud permanent
                    ip -6 neigh replace fd90:$n::$host lladdr 02:00:00:00:00:02 dev $end nud permanent
                done
            done
            """
        try #require(system("set -e\n" + commands) == 0)
        return try body(Network(clients: if_nametoindex("c0"), peers: if_nametoindex("p0")))
    }
}

extension Network {
    /// Tells the program that the stand-ins are VLANs over the interfaces.
    static func announceVLANs(to path: KernelPath) throws {
        // What the path reads of the network itself would take the stand-ins away again.
        path.thread.watch(nil)
        path.thread.perform {}
        let present = try NetworkInterface.all().map { interface in
            var interface = interface
            switch interface.name {
            case "c7": (interface.lower, interface.vlan) = (if_nametoindex("c0"), clientVLAN)
            case "p9": (interface.lower, interface.vlan) = (if_nametoindex("p0"), peerVLAN)
            default: break
            }
            return interface
        }
        path.interfaces.withLock { path.publish(&$0, present) }
    }
}

/// Calls of the C library that its module for Swift hides.
private enum Namespaces {
    static let network: CInt = 0x4000_0000  // CLONE_NEWNET

    static func unshare(_ flags: CInt) -> CInt {
        unsafeBitCast(dlsym(nil, "unshare"), to: (@convention(c) (CInt) -> CInt).self)(flags)
    }

    static func setns(_ descriptor: CInt, _ kind: CInt) -> CInt {
        unsafeBitCast(dlsym(nil, "setns"), to: (@convention(c) (CInt, CInt) -> CInt).self)(descriptor, kind)
    }
}
