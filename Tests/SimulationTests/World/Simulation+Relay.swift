import RelayCore
import STUN
import TURNClient

/// What reaches the relay, and what comes out of it, held against the reference model at that very millisecond.
extension Simulation {
    mutating func arrive(_ packet: Packet) throws {
        switch packet {
        case .toRelay(let bytes, let route):
            if route.tuple.transport.isStream {
                try arriveInStream(bytes, toRelay(route), route) { simulation, message in
                    try simulation.arriveAtRelay(message, route)
                }
            } else {
                try arriveAtRelay(bytes, route)
            }
        case .toClient(let bytes, let route):
            if route.tuple.transport.isStream {
                try arriveInStream(bytes, toClient(route), route) { simulation, message in
                    try simulation.arriveAtClient(message, route)
                }
            } else {
                try arriveAtClient(bytes, route)
            }
        case .toPeer(let bytes, let from, let peer): try arriveAtPeer(bytes, from: from, to: peer)
        case .toSocket(let bytes, let from, let relayed): try arriveAtSocket(bytes, from: from, to: relayed)
        case .hairpin(let bytes, let from, let loop, let relay, let generation):
            try arriveByHairpin(bytes, from: from, loop: Int(loop), relay, generation)
        }
    }

    /// The loop that a five-tuple always lands on.
    func loop(of route: ClientRoute) -> Int {
        clients.first { $0.ip == route.tuple.client.ip && $0.route.tuple == route.tuple }?.loop
            ?? model.allocations[route.tuple]?.loop
            ?? Int(route.tuple.client.port) % loops.count
    }

    mutating func arriveAtRelay(_ bytes: [UInt8], _ route: ClientRoute) throws {
        let index = loop(of: route)
        if let first = bytes.first, ChannelData.isChannelData(firstByte: first) {
            guard let header = ChannelData.parse(bytes.span.bytes) else { return }
            let payload = Array(bytes[4..<4 + header.payloadByteCount])
            let verdict = loops[index].relay.forward(
                channel: header.channel, datagrams: 1, payloadBytes: payload.count, from: route.tuple, now: present)
            let expected = model.destination(route.tuple, channel: header.channel, now)
            try judge(verdict, payload, route.tuple, index, expected: expected)
            return
        }
        try arriveMessage(bytes, route, index)
    }

    // MARK: - Data to peers

    /// Data from a client has to go where the model says, from the client's own relayed address, or nowhere.
    mutating func judge(
        _ verdict: PeerVerdict, _ payload: [UInt8], _ tuple: FiveTuple, _ index: Int, expected: TransportAddress?
    ) throws {
        switch verdict {
        case .drop(let reason):
            statistics.dropped += 1
            if let expected {
                let isLimited = scenario.hasTightBudgets && (reason == .allocationRate || reason == .userRate)
                let isDead = model.isRelayAddress(expected.ip) && model.owner(of: expected) == nil
                guard isLimited || isDead || expected.port == 0 && reason == .peerDenied else {
                    throw Violation("drops (\(reason)) data of \(tuple.client) to permitted \(expected)")
                }
            }
        case .peer(let slot, let peer, _):
            guard let socket = loops[index].sockets[slot] else { throw Violation("sends from closed slot \(slot)") }
            try expect(peer, expected, socket.external, tuple)
            guard !model.isRelayAddress(peer.ip) else { throw Violation("sends to \(peer) of the relay itself") }
            model.countToPeers(tuple, payload.count)
            network.send(.toPeer(payload, from: socket.external, to: peer), at: now, using: &random)
        case .hairpin(let loop, let relay, let generation, let from):
            statistics.hairpins += 1
            guard let expected, let owner = model.owner(of: expected) else {
                throw Violation("hairpins data of \(tuple.client) to nobody")
            }
            guard owner.loop == Int(loop), loops[Int(loop)].sockets[relay]?.external == expected,
                loops[Int(loop)].sockets[relay]?.generation == generation
            else { throw Violation("hairpins to another socket than \(expected)") }
            try expect(expected, expected, from, tuple)
            model.countToPeers(tuple, payload.count)
            // Between loops a hairpin takes its time, and comes too late sometimes.
            network.send(
                .hairpin(payload, from: from, loop: loop, relay: relay, generation: generation), at: now,
                using: &random)
        }
    }

    private func expect(
        _ peer: TransportAddress, _ expected: TransportAddress?, _ source: TransportAddress, _ tuple: FiveTuple
    ) throws {
        guard let expected else { throw Violation("sends data of \(tuple.client) to \(peer) without permission") }
        guard peer == expected else { throw Violation("sends data of \(tuple.client) to \(peer), not \(expected)") }
        guard let allocation = model.live(tuple, now), allocation.relayed.contains(source) else {
            throw Violation("sends data of \(tuple.client) from \(source), which is not its relayed address")
        }
    }

    private mutating func arriveAtPeer(_ payload: [UInt8], from: TransportAddress, to peer: TransportAddress) throws {
        statistics.delivered += 1
        guard let entry = payloads.entry(of: payload) else { return }
        guard let client = entry.client, entry.destination ?? peer == peer else {
            throw Violation("\(peer) receives what was sent to \(String(describing: entry.destination))")
        }
        guard clients[client].relayedEver.contains(from) else {
            throw Violation("\(peer) receives data of client \(client) from \(from), another client's address")
        }
        // An honest peer answers, mostly.
        guard random.chance(60) else { return }
        let answer = payloads.make(
            PayloadRegister.Entry(client: nil, peer: peer, destination: from), using: &random)
        network.send(.toSocket(answer, from: peer, to: from), at: now, using: &random)
    }

    // MARK: - Data to clients

    mutating func arriveAtSocket(
        _ payload: [UInt8], from source: TransportAddress, to relayed: TransportAddress
    ) throws {
        for index in loops.indices {
            // Without a socket the system drops it.
            guard let slot = loops[index].slot(of: relayed) else { continue }
            let verdict = loops[index].relay.deliver(
                from: source, on: slot, datagrams: 1, payloadBytes: payload.count, now: present)
            try judge(verdict, payload, from: source, to: relayed)
        }
    }

    private mutating func arriveByHairpin(
        _ payload: [UInt8], from source: TransportAddress, loop: Int, _ relay: UInt32, _ generation: UInt32
    ) throws {
        let verdict = loops[loop].relay.deliverHairpin(
            from: source, on: relay, generation: generation, datagrams: 1, payloadBytes: payload.count, now: present)
        guard let socket = loops[loop].sockets[relay], socket.generation == generation else {
            guard verdict == .drop(.noRelay) else { throw Violation("hairpin to a closed socket is \(verdict)") }
            return
        }
        try judge(verdict, payload, from: source, to: socket.external)
    }

    /// Data from a peer has to go to the relayed address's owner if the peer is permitted, or nowhere.
    private mutating func judge(
        _ verdict: ClientVerdict, _ payload: [UInt8], from peer: TransportAddress, to relayed: TransportAddress
    ) throws {
        var expected: ReferenceModel.Allocation?
        if let owner = model.owner(of: relayed), owner.end > now, model.isPermitted(peer.ip, owner, now),
            peer.port != 0,
            !model.isRelayAddress(peer.ip) || model.owner(of: peer) != nil
        {
            expected = owner
        }
        switch verdict {
        case .drop(let reason):
            statistics.dropped += 1
            guard expected != nil else { return }
            guard scenario.hasTightBudgets, reason == .allocationRate || reason == .userRate else {
                throw Violation("drops (\(reason)) data of permitted \(peer) to \(relayed)")
            }
        case .channel(let number, let route):
            let owner = try owner(expected, route, peer, relayed)
            guard model.channel(owner, peer, now) == number else {
                throw Violation("data of \(peer) goes through channel \(number), which is not its")
            }
            model.countToClient(route.tuple, payload.count)
            let head: [UInt8] = [
                UInt8(number >> 8), UInt8(truncatingIfNeeded: number), UInt8(payload.count >> 8),
                UInt8(truncatingIfNeeded: payload.count),
            ]
            sendToClient(head + payload, route)
        case .indication(let route):
            let owner = try owner(expected, route, peer, relayed)
            guard model.channel(owner, peer, now) == nil else {
                throw Violation("data of \(peer) comes as an indication past its channel")
            }
            model.countToClient(route.tuple, payload.count)
            sendToClient(indication(payload, from: peer), route)
        }
    }

    private func owner(
        _ expected: ReferenceModel.Allocation?, _ route: ClientRoute, _ peer: TransportAddress,
        _ relayed: TransportAddress
    ) throws -> ReferenceModel.Allocation {
        guard let expected else { throw Violation("data of \(peer) reaches \(route.tuple.client) without permission") }
        guard expected.tuple == route.tuple else {
            throw Violation("data for \(relayed) of \(expected.tuple.client) reaches \(route.tuple.client)")
        }
        return expected
    }

    private mutating func indication(_ payload: [UInt8], from peer: TransportAddress) -> [UInt8] {
        var buffer = [UInt8](repeating: 0xEE, count: 64)
        let count: Int
        do {
            var span = buffer.mutableSpan
            var bytes = span.mutableBytes
            count = DataIndication.writeHeader(
                peer: peer, payloadCount: payload.count,
                transactionID: TransactionID(high: 1, low: random.next()), into: &bytes)
        }
        return Array(buffer[..<count]) + payload
            + [UInt8](repeating: 0, count: DataIndication.paddingByteCount(payload.count))
    }

    private mutating func arriveAtClient(_ bytes: [UInt8], _ route: ClientRoute) throws {
        // What is meant for an address the client has left, or for a stranger, is lost.
        guard let index = clients.firstIndex(where: { $0.route.tuple == route.tuple }) else { return }
        let event = clients[index].machine.receive(bytes.span.bytes, now: now)
        flush(client: index)
        switch event {
        case .data(let peer, let channel, let range)?:
            statistics.delivered += 1
            guard clients[index].permittedEver.contains(peer.ip) else {
                throw Violation("client \(index) receives data of \(peer), for which it never asked permission")
            }
            guard let entry = payloads.entry(of: bytes[range]) else { return }
            if let destination = entry.destination, !clients[index].relayedEver.contains(destination) {
                throw Violation("client \(index) receives what was sent to \(destination)")
            }
            // Whose channel it is was judged at the relay; the client may have missed the last ChannelBind's answer.
            guard channel == nil else { return }
            if let source = entry.client {
                guard clients[source].relayedEver.contains(peer) else {
                    throw Violation("client \(index) receives data of client \(source) as from \(peer)")
                }
            } else if entry.peer != peer {
                throw Violation("client \(index) receives data of \(String(describing: entry.peer)) as from \(peer)")
            }
        case .allocated(let allocation)?: clients[index].token = allocation.reservationToken ?? clients[index].token
        default: break
        }
    }

    // MARK: - ICMP

    /// An ICMP error for what a relayed address sent: for the client if it has a permission for the peer.
    mutating func reportICMP() throws {
        guard let relayed = relayedEver.last, let index = loops.firstIndex(where: { $0.slot(of: relayed) != nil }),
            let slot = loops[index].slot(of: relayed)
        else { return }
        let peer = random.pick(peers)
        let error = ICMPValue(type: UInt8(random.pick([0, 1, 3, 8, 11])), code: 1, data: 0)
        var buffer = [UInt8](repeating: 0xEE, count: Relay.replyByteCount)
        let verdict: ICMPVerdict
        do {
            var span = buffer.mutableSpan
            var bytes = span.mutableBytes
            verdict = loops[index].relay.peerUnreachable(error, from: peer, on: slot, now: present, into: &bytes)
        }
        guard case .indication(let count, let route) = verdict else { return }
        guard let owner = model.owner(of: relayed), owner.end > now, model.isPermitted(peer.ip, owner, now),
            owner.tuple == route.tuple
        else { throw Violation("ICMP error of \(peer) reaches \(route.tuple.client) without permission") }
        sendToClient(Array(buffer[..<count]), route)
    }
}
