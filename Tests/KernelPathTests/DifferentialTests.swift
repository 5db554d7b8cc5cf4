import STUN
import Testing

@testable import KernelPath

/// The program against the reference: the same bytes and the same verdict, or up to the relay.
@Suite(.serialized) struct DifferentialTests {
    static let frames = 20_000

    @Test(.enabled(if: Network.isAvailable, Network.requirement), arguments: [false, true])
    func everyFrameLeavesAsTheRelayWouldSendItOrGoesUp(carriesDSCP: Bool) throws {
        try Network.with { network in
            var settings = KernelPath.Settings(channels: 64, allocations: 64, users: 4)
            settings.carriesDSCP = carriesDSCP
            let path = try KernelPath(settings)
            #expect(path.attach(["c0", "p0"], mode: .native).isEmpty)
            try Network.announceVLANs(to: path)
            let installed = Population.all()
            for (slot, entry) in installed.enumerated() {
                let isInstalled = path.install(
                    entry.channel, slot: slot, allocation: slot, user: 0, until: entry.isExpired ? 1 : .max)
                #expect(isInstalled)
            }
            let reference = Reference(channels: installed, typeOfServiceMask: carriesDSCP ? 0xff : 0b11)
            var generator = Generator(installed.map(\.channel), seed: carriesDSCP ? 2 : 1)
            var forwarded: [Generator.Matter: Int] = [:]
            var tagged = (came: 0, left: 0)
            for number in 0..<Self.frames {
                let (bytes, fromClient, matter) = generator.next()
                let interface = fromClient ? network.clients : network.peers
                guard var run = path.run(bytes, interface: interface) else {
                    Issue.record("frame \(number) (\(matter)) was not taken")
                    continue
                }
                let expected = reference.outcome(bytes, fromClient: fromClient)
                // One datagram per channel goes up on purpose now and then, twice for a hairpin.
                for _ in 0..<2 where run.verdict == .pass && expected != .up {
                    run = try #require(path.run(bytes, interface: interface))
                }
                let problem = Self.compare(run, expected, bytes)
                if let problem {
                    Issue.record("frame \(number), \(matter), from \(fromClient ? "client" : "peer"): \(problem)")
                    return
                }
                if run.verdict == .transmit || run.verdict == .redirect { forwarded[matter, default: 0] += 1 }
                if matter == .nothing, case .forwarded(let frame) = expected {
                    tagged.came += bytes[12...13] == [0x81, 0x00] ? 1 : 0
                    tagged.left += frame.tag == nil ? 0 : 1
                }
            }
            // A program that passes everything up would be right as well: what is ordinary has to be forwarded.
            #expect(forwarded[.nothing, default: 0] > Self.frames / 4, "\(forwarded)")
            #expect(tagged.came > 500 && tagged.left > 500, "\(tagged)")
            #expect(forwarded[.framePadding, default: 0] > 50 && forwarded[.looksLikeChannel, default: 0] > 50)
        }
    }

    private static func compare(_ run: KernelPath.Run, _ expected: Reference.Outcome, _ bytes: [UInt8]) -> String? {
        switch (run.verdict, expected) {
        case (.pass, .up):
            return run.frame == bytes ? nil : "it went up changed"
        case (.pass, .forwarded): return "it went up, and there was no reason to"
        case (.transmit, .forwarded(let frame)), (.redirect, .forwarded(let frame)):
            guard var left = Frame(run.frame) else { return "it left malformed: \(run.frame)" }
            var right = frame
            right.identification = left.identification  // random
            right.flowLabel = left.flowLabel  // any, but of this flow alone
            // By accident, one in 65,536 sums is that of the pseudo-header.
            if left.checksum == .partial { left.checksum = right.checksum }
            return left == right ? nil : "left \(left)\nright \(right)"
        default: return "verdict \(run.verdict), expected \(expected)"
        }
    }
}
