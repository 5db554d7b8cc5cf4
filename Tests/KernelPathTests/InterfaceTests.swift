import Glibc
import STUN
import Synchronization
import Testing

@testable import KernelPath

/// Interfaces that come, go and change while the program hangs on them, and next hops that follow the network.
@Suite(.serialized, .enabled(if: Network.isAvailable, Network.requirement)) struct InterfaceTests {
    private let channel = Population.all()[0].channel

    private func run(_ path: KernelPath, on interface: UInt32) -> KernelPath.Run? {
        var frame = Frame(channel.client, channel.listener)
        frame.payload = channel.number.bytes + UInt16(100).bytes + [UInt8](repeating: 7, count: 100)
        return path.run(frame.bytes, interface: interface)
    }

    /// Looks again until it holds; a limit on the time that this takes is no part of any test.
    private func wait(_ what: Comment, until holds: () -> Bool) {
        for _ in 0..<500 where !holds() { usleep(20_000) }
        #expect(holds(), what)
    }

    private func with(_ body: (KernelPath, Network) throws -> Void) throws {
        try Network.with { network in
            let path = try KernelPath(.init(channels: 2, allocations: 2, users: 2))
            #expect(path.attach(["c0", "p0"], mode: .native).isEmpty)
            #expect(path.install(channel, slot: 0, allocation: 0, user: 0, until: .max))
            _ = run(path, on: network.clients)
            #expect(run(path, on: network.clients)?.verdict == .redirect)
            try body(path, network)
        }
    }

    @Test func anInterfaceThatComesBackGetsTheProgramAgain() throws {
        try with { path, _ in
            let told = Mutex<[String]>([])
            path.follow { change in
                told.withLock {
                    switch change {
                    case .attached(let attachment): $0.append("+\(attachment.interface) \(attachment.mode)")
                    case .gone(let name): $0.append("-\(name)")
                    case .refused(let failure): $0.append("\(failure)")
                    }
                }
            }
            #expect(system("ip link del c0") == 0)
            wait("its end is noticed") { path.attachments.map(\.interface) == ["p0"] }
            #expect(path.awaitsInterfaces)
            #expect(
                system(
                    """
                    set -e
                    ip link add c0 address 02:00:00:00:00:01 type veth peer name c1 address 02:00:00:00:00:02
                    ip link set c0 up
                    """) == 0)
            wait("it has the program") { told.withLock { $0 } == ["-c0", "+c0 native"] }
            #expect(!path.awaitsInterfaces)
            #expect(run(path, on: if_nametoindex("c0"))?.verdict == .redirect)
        }
    }

    @Test func aNewHardwareAddressOfItsOwnIsFollowed() throws {
        try with { path, network in
            path.follow { _ in }
            #expect(system("ip link set c0 address 02:00:00:00:00:77") == 0)
            // Frames to the old address are for somebody else now.
            wait("the old address is none of ours") { run(path, on: network.clients)?.verdict == .pass }
        }
    }

    @Test func nextHopsAreLookedUpAnewWhenNeighboursOrRoutesChange() throws {
        try with { path, network in
            path.follow { _ in }
            for command in [
                "ip neigh replace 10.90.2.2 lladdr 02:00:00:00:00:33 dev p0 nud permanent",
                "ip route add 10.99.0.0/16 dev p0", "ip rule add from 10.98.0.1 lookup main",
            ] {
                let before = path.hopGeneration
                #expect(system(command) == 0)
                wait("\(command) is noticed") { path.hopGeneration != before }
            }
            let frame = try #require(run(path, on: network.clients)?.frame)
            #expect(Array(frame.prefix(6)) == [2, 0, 0, 0, 0, 0x33])
        }
    }

    @Test func aNextHopIsLookedUpAnewAfterASecondThoughNobodyTellsOfChanges() throws {
        try with { path, network in
            #expect(system("ip neigh replace 10.90.2.2 lladdr 02:00:00:00:00:44 dev p0 nud permanent") == 0)
            usleep(1_200_000)
            let frame = try #require(run(path, on: network.clients)?.frame)
            #expect(Array(frame.prefix(6)) == [2, 0, 0, 0, 0, 0x44])
        }
    }

    @Test func aRouteThatIsGoneLeadsThroughTheRelay() throws {
        try with { path, network in
            #expect(system("ip route del 10.90.2.0/24 dev p0") == 0)
            path.forgetHops()
            #expect(run(path, on: network.clients)?.verdict == .pass)
            #expect(path.outcomes[.route] == 1)
        }
    }

    @Test func virtualPairsAreServedGenerically() throws {
        try with { path, _ in
            // Natively, a virtual pair may lose what is redirected to it.
            #expect(path.attach(["c0", "p0"], mode: nil).isEmpty)
            #expect(path.attachments.map(\.mode) == [.generic, .generic])
        }
    }

    @Test func anInterfaceUnderVLANsIsNotServedGenerically() throws {
        try with { path, network in
            var present = try NetworkInterface.all()
            #expect(path.refusal(of: .generic, on: "c0", network.clients, among: present) == nil)
            let other = try #require(present.firstIndex { $0.name == "c7" })
            present[other].lower = network.clients
            let failure = path.refusal(of: .generic, on: "c0", network.clients, among: present)
            #expect(failure?.description.contains("interface c0 carries VLANs") == true)
            #expect(path.refusal(of: .native, on: "c0", network.clients, among: present) == nil)
        }
    }

    @Test func whatIsNoEthernetIsNotServed() throws {
        try with { path, _ in
            #expect(KernelPath.suitable(["lo", "c0", "nobody"]) == ["c0"])
            let failures = path.attach(["lo", "c0"], mode: .generic)
            #expect(failures.map { $0.description.contains("interface lo carries no Ethernet frames") } == [true])
            #expect(path.attachments.map(\.interface) == ["c0"])
        }
    }

    @Test(.enabled(if: Network.hasVLANs, "needs a kernel with 802.1Q"))
    func aVLANThatComesOverAGenericInterfaceTakesTheProgramOff() throws {
        try with { path, _ in
            let told = Mutex<[String]>([])
            #expect(path.attach(["c0", "p0"], mode: .generic).isEmpty)
            path.follow { change in
                if case .refused(let failure) = change { told.withLock { $0.append(failure.description) } }
            }
            #expect(system("ip link add link c0 name office type vlan id 12") == 0)
            wait("it is refused") { told.withLock { $0.count } == 1 }
            #expect(path.attachments.map(\.interface) == ["p0"])
            let office = try NetworkInterface.all().first { $0.name == "office" }
            #expect(office?.vlan == 12 && office?.lower == if_nametoindex("c0"))
        }
    }
}
