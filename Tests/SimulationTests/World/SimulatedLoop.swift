import RelayCore
import STUN

/// One loop of the relay: the core under test, and the sockets that the core believes in.
final class SimulatedLoop {
    /// A socket that a relay slot has.
    struct Socket {
        let bound: TransportAddress
        let external: TransportAddress
        let generation: UInt32
    }

    var relay: Relay
    /// Open sockets by relay slot.
    private(set) var sockets: [UInt32: Socket] = [:]
    /// Ended allocations whose end the model has yet to judge.
    var ended: [AllocationSummary] = []
    /// Connections that the core wants closed.
    var connectionsToClose: [UInt32] = []
    /// What the last Allocate's sockets came to.
    private(set) var opened: [TransportAddress] = []
    private(set) var wasRefusedSocket = false

    private let index: UInt8
    private let directory: RelayDirectory
    private let bindFailurePercent: Int

    init(_ scenario: Scenario, _ index: UInt8, _ directory: RelayDirectory, seed: UInt64) {
        self.index = index
        self.directory = directory
        bindFailurePercent = scenario.bindFailurePercent
        relay = Relay(
            settings: scenario.settings, loop: index, directory: directory,
            seed: RelaySeed(
                tableKey: (seed, seed &+ 1), nonceKey: Array(repeating: UInt8(truncatingIfNeeded: seed), count: 16),
                tokenKey: Array(repeating: UInt8(truncatingIfNeeded: seed &+ UInt64(index)), count: 16)))
    }

    /// Executes every effect that waits.
    func drainEffects(using random: inout Randomness) throws {
        opened = []
        wasRefusedSocket = false
        var executed = 0
        while let effect = relay.nextEffect() {
            executed += 1
            guard executed <= 2_000 else { throw Violation("effects without end") }
            switch effect {
            case .openRelay(let request): try open(request, using: &random)
            case .closeRelay(let slot, let bound):
                guard let socket = sockets.removeValue(forKey: slot), socket.bound == bound else {
                    throw Violation("closes socket \(bound) of slot \(slot), which is not open")
                }
                directory.release(bound)
            case .closeConnection(let connection): connectionsToClose.append(connection)
            case .allocationOpened, .channelsChanged: break
            case .allocationEnded(let summary): ended.append(summary)
            }
        }
    }

    private func open(_ request: RelayRequest, using random: inout Randomness) throws {
        guard sockets[request.relay] == nil else { throw Violation("opens slot \(request.relay) twice") }
        guard request.owner.loop == index, request.owner.relay == request.relay else {
            throw Violation("opens a socket for another owner")
        }
        guard let port = directory.claim(request, using: &random) else {
            wasRefusedSocket = true
            relay.relayFailed(request.relay, .noPort)
            return
        }
        if random.chance(bindFailurePercent) {
            directory.release(port)
            wasRefusedSocket = true
            relay.relayFailed(request.relay, .system)
            return
        }
        let external = directory.external(of: port.bound)
        if request.evenPort, port.bound.port % 2 != 0 { throw Violation("odd port \(port.bound) for EVEN-PORT") }
        sockets[request.relay] = Socket(bound: port.bound, external: external, generation: request.owner.generation)
        opened.append(external)
        relay.relayOpened(request.relay, bound: port.bound)
    }

    /// The slot of the socket on this address, as the world sees it.
    func slot(of external: TransportAddress) -> UInt32? {
        sockets.first { $0.value.external == external }?.key
    }
}
