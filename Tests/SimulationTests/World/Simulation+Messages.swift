import Credentials
import RelayCore
import STUN

/// STUN messages at the relay: every answer is held against the model before the model believes it.
extension Simulation {
    mutating func arriveMessage(_ bytes: [UInt8], _ route: ClientRoute, _ index: Int) throws {
        var reply = [UInt8](repeating: 0xEE, count: Relay.replyByteCount)
        let datagram = bytes
        var verdict = receive(datagram, route, index, &reply)
        var askedForSockets = false
        if case .openRelays = verdict {
            askedForSockets = true
            try loops[index].drainEffects(using: &random)
            // What the Allocate found expired on its five-tuple is over before it begins anew.
            try judgeEnds(of: index)
            let opened = loops[index].opened
            let isShort = loops[index].wasRefusedSocket
            verdict = finish(index, &reply)
            try judgeMessage(verdict, datagram, reply, route, index, sockets: opened, isShort: isShort)
        } else {
            try judgeMessage(verdict, datagram, reply, route, index, sockets: nil, isShort: false)
        }
        try afterInput(to: index)
        if askedForSockets, loops[index].sockets.count > scenario.quotas.allocations * 2 {
            throw Violation("more sockets than allocations can have")
        }
        switch verdict {
        case .reply(let count): sendToClient(Array(reply[..<count]), route)
        case .closeConnection: try connectionClosed(route, loop: index)
        case .send, .drop, .openRelays: break
        }
    }

    private func receive(
        _ datagram: [UInt8], _ route: ClientRoute, _ index: Int, _ reply: inout [UInt8]
    ) -> MessageVerdict {
        var span = reply.mutableSpan
        var bytes = span.mutableBytes
        return loops[index].relay.receive(message: datagram.span.bytes, from: route, now: present, reply: &bytes)
    }

    private func finish(_ index: Int, _ reply: inout [UInt8]) -> MessageVerdict {
        var span = reply.mutableSpan
        var bytes = span.mutableBytes
        return loops[index].relay.finishAllocate(now: present, reply: &bytes)
    }

    // MARK: - Judging

    private mutating func judgeMessage(
        _ verdict: MessageVerdict, _ datagram: [UInt8], _ reply: [UInt8], _ route: ClientRoute, _ loop: Int,
        sockets: [TransportAddress]?, isShort: Bool
    ) throws {
        let message = datagram.span.bytes
        switch verdict {
        case .openRelays: throw Violation("asks for sockets twice")
        case .drop: statistics.dropped += 1
        case .closeConnection:
            guard route.tuple.transport.isStream else { throw Violation("closes the connection of a datagram") }
        case .send(let peerVerdict, let range):
            let index = try parse(message, "a Send indication")
            guard index.type == MessageType(.send, .indication), index.data == range,
                let peer = index.peerAddress(in: message).value
            else { throw Violation("forwards what is no Send indication") }
            var expected: TransportAddress?
            if let allocation = model.live(route.tuple, now), model.isPermitted(peer.ip, allocation, now),
                allocation.relayed(peer.family) != nil
            {
                expected = peer
            }
            try judge(
                peerVerdict, Array(datagram[range.range]), route.tuple, loop, expected: expected)
        case .reply(let count):
            try judgeReply(
                Array(reply[..<count]), to: datagram, route, loop, sockets: sockets, isShort: isShort)
        }
    }

    private mutating func judgeReply(
        _ reply: [UInt8], to datagram: [UInt8], _ route: ClientRoute, _ loop: Int, sockets: [TransportAddress]?,
        isShort: Bool
    ) throws {
        let request = try parse(datagram.span.bytes, "a request that is answered")
        let answer = try parse(reply.span.bytes, "an answer")
        guard request.type.messageClass == .request, answer.transactionID == request.transactionID,
            answer.type.method == request.type.method
        else { throw Violation("answers \(request.type) with \(answer.type)") }
        if request.type.method == .binding { return try judgeBinding(answer, reply, route) }

        // Without integrity nothing may have happened.
        guard answer.messageIntegrity != nil || answer.messageIntegritySHA256 != nil else {
            guard let code = answer.error(in: reply.span.bytes).value, [400, 401, 438].contains(code.rawValue) else {
                throw Violation("answers \(request.type) of \(route.tuple.client) without proof: \(answer.type)")
            }
            return
        }
        guard
            (answer.messageIntegrity != nil)
                == (request.messageIntegrity != nil && request.messageIntegritySHA256 == nil)
        else { throw Violation("proves its answer in another way than the request") }
        let user = try user(of: request, datagram)
        // Only a client's own route has its user's secret, and nonces are bound to it.
        guard clients.contains(where: { $0.username == user && $0.ip == route.tuple.client.ip }) else {
            throw Violation("believes \(route.tuple.client) to be \(user)")
        }
        guard model.guests.mayCome(user) else { throw Violation("believes \(user), who may not come any more") }

        let allowed = model.allowedCodes(request, datagram.span.bytes, user: user, route.tuple, loop: loop, now)
        let code = answer.type.messageClass == .success ? 0 : answer.error(in: reply.span.bytes).value?.rawValue ?? 999
        if let sockets {
            guard allowed.contains(0) else { throw Violation("opens sockets for an Allocate that deserves \(allowed)") }
            guard (code == 0) == !sockets.isEmpty, code == 0 || code == 508 else {
                throw Violation("answers \(code) to an Allocate that got \(sockets.count) sockets")
            }
        } else {
            guard allowed.contains(code) else {
                throw Violation("answers \(code) to \(request.type) of \(route.tuple.client), \(allowed) is right")
            }
        }
        if code != 0 { statistics.refused += 1 }
        guard code == 0 else { return }
        switch request.type.method {
        case .allocate:
            try believeAllocate(request, datagram, answer, reply, user, route, loop, sockets, isShort)
        case .refresh: try believeRefresh(request, datagram, answer, reply, user, route)
        case .createPermission:
            for peer in model.peers(request, datagram.span.bytes) ?? [] { model.permit(route.tuple, peer.ip, now) }
        default:
            guard let number = request.channel(in: datagram.span.bytes).value,
                let peer = request.peerAddress(in: datagram.span.bytes).value
            else { throw Violation("binds a channel without a number") }
            model.bind(route.tuple, number, peer, now)
        }
    }

    private func judgeBinding(_ answer: MessageIndex, _ reply: [UInt8], _ route: ClientRoute) throws {
        guard answer.type.messageClass == .success else { return }
        guard answer.reflexiveAddress(in: reply.span.bytes).value == route.tuple.client else {
            throw Violation("tells \(route.tuple.client) another address")
        }
    }

    // MARK: - Believing

    private mutating func believeAllocate(
        _ request: MessageIndex, _ datagram: [UInt8], _ answer: MessageIndex, _ reply: [UInt8], _ user: String,
        _ route: ClientRoute, _ loop: Int, _ sockets: [TransportAddress]?, _ isShort: Bool
    ) throws {
        var relayed: [TransportAddress] = []
        var cursor = answer.attributes
        while let range = cursor.next(.xorRelayedAddress, in: reply.span.bytes) {
            if let address = answer.xorAddress(range, in: reply.span.bytes).value { relayed.append(address) }
        }
        guard answer.reflexiveAddress(in: reply.span.bytes).value == route.tuple.client else {
            throw Violation("tells \(route.tuple.client) another address")
        }
        let seconds = answer.lifetimeSeconds(in: reply.span.bytes).value
        guard let sockets else {
            // The same request once more: the same answer.
            guard let known = model.live(route.tuple, now), relayed == known.relayed, seconds == known.grantedSeconds
            else { throw Violation("answers a repeated Allocate of \(route.tuple.client) differently") }
            return
        }
        guard relayed == sockets else { throw Violation("opened \(sockets), but tells \(relayed)") }
        for address in relayed where model.owner(of: address) != nil {
            throw Violation("gives \(address) to two allocations")
        }

        let asked = request.lifetimeSeconds(in: datagram.span.bytes).value
        let end = model.end(model.lifetime(asked), user: user, present)
        guard let seconds, UInt64(seconds) == (end - now) / 1_000 else {
            throw Violation("grants \(String(describing: seconds)) s, not \((end - now) / 1_000)")
        }
        if let token = answer.reservationTokenValue(in: reply.span.bytes).value, let first = relayed.first {
            guard request.reservesNextPort(in: datagram.span.bytes).value == true else {
                throw Violation("reserves a port that nobody asked for")
            }
            model.reservations[token] = (
                TransportAddress(ip: first.ip, port: first.port + 1), user, now + 30_000
            )
        }
        if let token = request.reservationTokenValue(in: datagram.span.bytes).value {
            guard let reserved = model.reservations.removeValue(forKey: token), relayed == [reserved.address] else {
                throw Violation("gives \(relayed) for a token of another address")
            }
        }
        try believeFamilies(request, datagram, answer, reply, relayed, isShort)

        model.allocations[route.tuple] = ReferenceModel.Allocation(
            user: user, tuple: route.tuple, loop: loop, transactionID: request.transactionID, relayed: relayed,
            grantedSeconds: seconds, end: end)
        model.opened += 1
        statistics.allocations += 1
        relayedEver += relayed
        if let client = clients.firstIndex(where: { $0.route.tuple == route.tuple }) {
            clients[client].relayedEver.formUnion(relayed)
        } else if let client = clients.firstIndex(where: { $0.username == user && $0.ip == route.tuple.client.ip }) {
            // It asked from a port that it has left meanwhile.
            clients[client].relayedEver.formUnion(relayed)
        }
    }

    /// The families are those asked for, and ADDRESS-ERROR-CODE names the one that is missing.
    private func believeFamilies(
        _ request: MessageIndex, _ datagram: [UInt8], _ answer: MessageIndex, _ reply: [UInt8],
        _ relayed: [TransportAddress], _ isShort: Bool
    ) throws {
        let error = answer.addressError(in: reply.span.bytes).value
        if request.additionalAddressFamily != nil {
            let families = Set(relayed.map(\.family))
            let missing = Set([AddressFamily.ipv4, .ipv6]).subtracting(families)
            guard error.map({ [$0.family] }) ?? [] == missing else {
                throw Violation("allocates \(families) of both and reports \(String(describing: error))")
            }
            if let error, error.family == .ipv6, !scenario.servesIPv6, error.code != .addressFamilyNotSupported {
                throw Violation("reports \(error.code) for a family that is not served")
            }
            return
        }
        guard relayed.count == 1, error == nil else { throw Violation("allocates \(relayed) for one family") }
        if request.reservationToken == nil {
            let family = request.requestedFamily(in: datagram.span.bytes).value ?? AddressFamily.ipv4.rawValue
            guard relayed[0].family.rawValue == family else { throw Violation("allocates another family") }
        }
    }

    private mutating func believeRefresh(
        _ request: MessageIndex, _ datagram: [UInt8], _ answer: MessageIndex, _ reply: [UInt8], _ user: String,
        _ route: ClientRoute
    ) throws {
        let asked = request.lifetimeSeconds(in: datagram.span.bytes).value
        guard let seconds = answer.lifetimeSeconds(in: reply.span.bytes).value,
            let allocation = model.live(route.tuple, now)
        else { throw Violation("refreshes without LIFETIME") }
        if asked == 0 {
            guard seconds == 0 else { throw Violation("deletes, and grants \(seconds) s") }
            if let number = request.requestedFamily(in: datagram.span.bytes).value,
                let family = AddressFamily(rawValue: number), allocation.relayed.count > 1
            {
                model.removeFamily(route.tuple, family)
            } else {
                model.allocations[route.tuple]?.mayEnd = .deleted
            }
            return
        }
        let end = model.end(model.lifetime(asked), user: user, present)
        guard UInt64(seconds) == (end - now) / 1_000 else {
            throw Violation("grants \(seconds) s, not \((end - now) / 1_000)")
        }
        model.allocations[route.tuple]?.end = end
    }

    // MARK: - Parsing

    private func parse(_ bytes: RawSpan, _ what: String) throws -> MessageIndex {
        do throws(ParseFailure) {
            return try MessageIndex.parse(bytes)
        } catch {
            throw Violation("\(what) is no message: \(error.text)")
        }
    }

    private func user(of request: MessageIndex, _ datagram: [UInt8]) throws -> String {
        let message = datagram.span.bytes
        if let range = request.username, let text = message.extracting(range.range).text() { return text }
        guard let range = request.userhash,
            let name = scenario.settings.credentials.username(for: try hash(message.extracting(range.range).copied()))
        else { throw Violation("believes a request without a user") }
        return name
    }
}
