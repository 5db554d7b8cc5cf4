import Credentials
import RelayCore
import STUN

/// What must hold after every input, and when all is over.
extension Simulation {
    /// Executes the effects of an input to loop `index` and judges the ends of allocations.
    mutating func afterInput(to index: Int) throws {
        try loops[index].drainEffects(using: &random)
        try judgeEnds(of: index)
        for allocation in model.allocations.values where allocation.loop == index && allocation.mayEnd != nil {
            throw Violation("allocation of \(allocation.tuple.client) did not end, though it was told to")
        }
        let counters = loops[index].relay.counters
        let held = model.allocations.values.count { $0.loop == index }
        guard counters.allocations == held, loops[index].relay.allocationCount == held else {
            throw Violation("counts \(counters.allocations) allocations of \(held)")
        }
        guard counters.permissions <= scenario.quotas.permissionsPerLoop ?? scenario.quotas.allocations * 4,
            counters.channels <= scenario.quotas.channelsPerLoop ?? scenario.quotas.allocations * 4
        else { throw Violation("tables beyond their size") }
        closeConnections(of: index)
    }

    /// Judges the ends that the effects of loop `index` reported.
    mutating func judgeEnds(of index: Int) throws {
        let ended = loops[index].ended
        loops[index].ended.removeAll()
        for summary in ended { try judgeEnd(summary, index) }
    }

    private mutating func closeConnections(of index: Int) {
        let connections = loops[index].connectionsToClose
        loops[index].connectionsToClose.removeAll()
        for client in clients.indices where connections.contains(clients[client].route.connection) {
            if clients[client].transport != .udp { clients[client].rebind() }
        }
    }

    private mutating func judgeEnd(_ summary: AllocationSummary, _ index: Int) throws {
        let session = summary.session
        let found = model.allocations.values.first {
            $0.loop == index && $0.tuple.client == session.client && $0.tuple.transport == session.transport
        }
        guard let allocation = found else {
            throw Violation("ends an allocation of \(session.client) that is not there")
        }
        let expected: EndReason? = allocation.mayEnd
        switch summary.endReason {
        case .expired?, .credentialExpired?:
            guard allocation.end <= now else {
                throw Violation("ends allocation of \(session.client) \(allocation.end - now) ms early")
            }
        case let reason:
            // What has expired unnoticed may be ended for whatever reason comes first.
            guard reason == expected || allocation.end <= now else {
                throw Violation("ends allocation of \(session.client): \(String(describing: reason))")
            }
        }
        guard session.toPeers == allocation.toPeers, session.toClient == allocation.toClient else {
            throw Violation(
                "reports \(session.toPeers) and \(session.toClient) of \(allocation.toPeers) and \(allocation.toClient)"
            )
        }
        guard session.permissions <= scenario.quotas.permissionsPerAllocation,
            session.channels <= scenario.quotas.channelsPerAllocation
        else { throw Violation("allocation of \(session.client) had more permissions or channels than allowed") }
        model.allocations[allocation.tuple] = nil
        model.endedCount += 1
    }

    // MARK: - Administration

    func check(_ sessions: [SessionSnapshot], _ index: Int) throws {
        let expected = model.allocations.values.filter { $0.loop == index && $0.end > now }
        guard Set(sessions.map(\.client)) == Set(expected.map(\.tuple.client)), sessions.count == expected.count else {
            throw Violation("lists \(sessions.map(\.client)) of \(expected.map(\.tuple.client))")
        }
        for session in sessions {
            guard let allocation = expected.first(where: { $0.tuple.client == session.client }),
                session.remainingSeconds == Int((allocation.end - now) / 1_000)
            else { throw Violation("session of \(session.client) has \(session.remainingSeconds) s left") }
        }
    }

    mutating func end(_ session: SessionSnapshot, _ index: Int) throws {
        let tuple = FiveTuple(client: session.client, listener: 0, transport: session.transport)
        model.allocations[tuple]?.mayEnd = .ended
        guard loops[index].relay.end(allocation: session.id, now: present) else {
            throw Violation("cannot end \(session.id)")
        }
        try afterInput(to: index)
        guard !loops[index].relay.end(allocation: session.id, now: present) else {
            throw Violation("ends \(session.id) twice")
        }
    }

    mutating func connectionClosed(_ route: ClientRoute, loop index: Int) throws {
        model.allocations[route.tuple]?.mayEnd = .connectionClosed
        loops[index].relay.connectionClosed(route.tuple, now: present)
        try afterInput(to: index)
    }

    // MARK: - The end

    /// When all is over, everything has been given back, and every counter balances.
    mutating func settle() throws {
        if random.chance(50) {
            for index in loops.indices {
                // What has expired unnoticed is left to the next tick.
                for allocation in model.liveAllocations(now) where allocation.loop == index {
                    model.allocations[allocation.tuple]?.mayEnd = .shutdown
                }
                loops[index].relay.shutdown(now: present)
                try afterInput(to: index)
            }
        }
        now += 8_000_000
        for _ in 0..<3 {
            for index in loops.indices {
                loops[index].relay.tick(now: present)
                try afterInput(to: index)
            }
            now += 1_000
        }

        var total = Counters()
        for loop in loops {
            total += loop.relay.counters
            guard loop.sockets.isEmpty else { throw Violation("\(loop.sockets.count) sockets are left open") }
            guard loop.relay.nextDeadline == nil else { throw Violation("waits for something that cannot come") }
        }
        guard total.allocations == 0, total.permissions == 0, total.channels == 0, total.users == 0 else {
            throw Violation(
                "left: \(total.allocations) allocations, \(total.permissions) permissions, \(total.channels) channels")
        }
        guard directory.freePorts() == directory.totalPorts() else {
            throw Violation("\(directory.totalPorts() - directory.freePorts()) ports are lost")
        }
        guard total.allocationsOpened == model.opened, model.endedCount == model.opened else {
            throw Violation("opened \(total.allocationsOpened), the model \(model.opened), ended \(model.endedCount)")
        }
        var ended: UInt64 = 0
        for reason in EndReason.allCases { ended += total.ended(reason) }
        var toPeers = Traffic()
        var toClients = Traffic()
        for transport in ClientTransport.allCases {
            toPeers += total.toPeers(transport)
            toClients += total.toClients(transport)
        }
        guard ended == model.opened, toPeers == model.toPeers, toClients == model.toClients else {
            throw Violation("counts \(toPeers) and \(toClients) of \(model.toPeers) and \(model.toClients)")
        }
    }

    func hash(_ bytes: [UInt8]) throws -> Userhash {
        guard let hash = Userhash(bytes.span) else { throw Violation("USERHASH of \(bytes.count) bytes is believed") }
        return hash
    }
}
