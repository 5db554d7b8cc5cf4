import Glibc
import STUN
import Testing

@testable import KernelPath

/// What the relay says about a channel, and what the program tells of it.
@Suite(.serialized, .enabled(if: Network.isAvailable, Network.requirement)) struct ChannelTests {
    private let channel = Population.all()[0].channel

    private func frame(bytes count: Int) -> [UInt8] {
        var frame = Frame(channel.client, channel.listener)
        frame.payload = channel.number.bytes + UInt16(count).bytes + [UInt8](repeating: 7, count: count)
        return frame.bytes
    }

    private static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private func with(_ body: (KernelPath, UInt32) throws -> Void) throws {
        try Network.with { network in
            let path = try KernelPath(.init(channels: 2, allocations: 2, users: 2))
            #expect(path.attach(["c0", "p0"], mode: .native).isEmpty)
            try body(path, network.clients)
        }
    }

    @Test func theFirstDatagramGoesUpAndTheNextAreForwarded() throws {
        try with { path, interface in
            #expect(path.install(channel, slot: 0, allocation: 0, user: 0, until: .max))
            #expect(path.run(frame(bytes: 100), interface: interface)?.verdict == .pass)
            #expect(path.run(frame(bytes: 100), interface: interface)?.verdict == .redirect)
            #expect(path.outcomes[.refresh] == 1)
        }
    }

    @Test func payloadIsCounted() throws {
        try with { path, interface in
            #expect(path.install(channel, slot: 1, allocation: 0, user: 0, until: .max))
            for _ in 0..<11 { _ = path.run(frame(bytes: 100), interface: interface) }
            #expect(path.traffic(slot: 1).toPeerPackets == 10)
            #expect(path.traffic(slot: 1).toPeerBytes == 1_000)
            #expect(path.traffic(slot: 1).toClientPackets == 0)
        }
    }

    @Test func nothingPassesAfterTheDeadlineThoughNobodyRemovesTheChannel() throws {
        try with { path, interface in
            #expect(path.install(channel, slot: 0, allocation: 0, user: 0, until: .max))
            _ = path.run(frame(bytes: 10), interface: interface)
            #expect(path.run(frame(bytes: 10), interface: interface)?.verdict == .redirect)
            // The program's time is that of the last tick.
            path.extend(slot: 0, until: Self.now + 1_000_000)
            usleep(30_000)
            #expect(path.run(frame(bytes: 10), interface: interface)?.verdict == .pass)
            path.extend(slot: 0, until: .max)
            #expect(path.run(frame(bytes: 10), interface: interface)?.verdict == .redirect)
            #expect(path.outcomes[.expired] == 1)
        }
    }

    @Test func aRemovedChannelGoesUp() throws {
        try with { path, interface in
            #expect(path.install(channel, slot: 0, allocation: 0, user: 0, until: .max))
            _ = path.run(frame(bytes: 10), interface: interface)
            path.remove(channel, slot: 0)
            #expect(path.run(frame(bytes: 10), interface: interface)?.verdict == .pass)
        }
    }

    @Test func aFullTableRefusesTheNextChannel() throws {
        try with { path, _ in
            for slot in 0..<2 {
                var other = channel
                other.number += UInt16(slot)
                other.peer = Population.peer(true, 2, 9_000 + slot)
                #expect(path.install(other, slot: slot, allocation: 0, user: 0, until: .max))
            }
            #expect(!path.install(channel, slot: 2, allocation: 0, user: 0, until: .max))
        }
    }

    @Test(arguments: [true, false])
    func aSecondsWorthPassesAtOnceAndTheRateAfterwards(ofAllocation: Bool) throws {
        try with { path, interface in
            #expect(path.install(channel, slot: 0, allocation: 1, user: 1, until: .max))
            path.openBudget(allocation: 1, bytesPerSecond: ofAllocation ? 10_000 : 0)
            path.setBudget(user: 1, bytesPerSecond: ofAllocation ? 0 : 10_000)
            _ = path.run(frame(bytes: 1_000), interface: interface)
            let began = Self.now
            var passed = 0
            for _ in 0..<40 where path.run(frame(bytes: 1_000), interface: interface)?.verdict == .redirect {
                passed += 1
            }
            let seconds = Double(Self.now - began) / 1e9
            #expect((10...10 + Int(10 * seconds) + 1).contains(passed))
            let drops = path.drops(allocation: 1)
            #expect((ofAllocation ? drops.ownRate : drops.userRate) == UInt64(40 - passed))
            #expect((ofAllocation ? drops.userRate : drops.ownRate) == 0)
        }
    }

    @Test func detachedFromItsInterfacesItForwardsNothing() throws {
        try with { path, _ in
            #expect(path.attachments.map(\.interface) == ["c0", "p0"])
            #expect(path.attachments.allSatisfy { $0.mode == .native })
            #expect(system("ip link show dev c0 | grep -q xdp") == 0)
            path.detach()
            #expect(system("ip link show dev c0 | grep -q xdp") != 0)
        }
    }

    @Test func whatRelayAndProgramForwardComesFromOneBudget() throws {
        try with { path, interface in
            #expect(path.install(channel, slot: 0, allocation: 1, user: 1, until: .max))
            path.openBudget(allocation: 1, bytesPerSecond: 10_000)
            path.setBudget(user: 1, bytesPerSecond: 100_000)
            _ = path.run(frame(bytes: 1_000), interface: interface)
            let began = Self.now
            #expect(path.take(6_000, allocation: 1, user: 1, now: Self.now) == nil)
            var passed = 0
            for _ in 0..<40 where path.run(frame(bytes: 1_000), interface: interface)?.verdict == .redirect {
                passed += 1
            }
            let shortage = path.take(1, allocation: 1, user: 1, now: began)
            let seconds = Double(Self.now - began) / 1e9
            #expect((4...4 + Int(10 * seconds) + 1).contains(passed))
            #expect(shortage == .ofAllocation)
            #expect(path.take(1, allocation: 1, user: 1, now: Self.now + 2_000_000_000) == nil)
        }
    }

    @Test func aSecondProgramOnAnInterfaceIsRefusedWithTheRemedy() throws {
        try with { path, _ in
            let other = try KernelPath(.init(channels: 2, allocations: 2, users: 2))
            let failures = other.attach(["c0"], mode: .native)
            #expect(failures.count == 1 && failures[0].description.contains("another program is there"))
        }
    }

    @Test func anInterfaceThatIsNotThereIsNamed() throws {
        try with { path, _ in
            let failures = path.attach(["nowhere0"], mode: nil)
            #expect(failures.map(\.description) == ["interface nowhere0: No such device"])
        }
    }
}
