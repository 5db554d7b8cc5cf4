// What happens once a transition is written: only now is anybody told.
extension Switchboard {
    /// A transition was written.
    public mutating func recorded(_ ticket: Ticket, now: Int64) {
        guard let (call, pending) = take(ticket) else { return }
        switch pending.subject {
        case .step(.requested):
            begin(call, asker: pending.asker, now: now)
        case .step(.refused(let reason)):
            acknowledge(pending.asker, Acknowledgement(call: call.id, room: call.room), now: now)
            close(call, reason, detail: nil, asker: pending.asker, now: now)
        case .step(.ended(let reason, let detail)):
            acknowledge(pending.asker, Acknowledgement(call: call.id), now: now)
            close(call, reason, detail: detail, asker: pending.asker, now: now)
        case .accept(let isGlare):
            accepted(call, asker: pending.asker, isGlare: isGlare, now: now)
        case .path(let step, let side, let path, let roundTrip):
            if case .connected = step { calls[call.id]?.state = .connected }
            calls[call.id]?[side].path = path
            passPath(path, roundTrip, in: call, by: side, asker: pending.asker, now: now)
        case .step, .description:
            break
        }
        release(ticket.call, now: now)
    }

    /// A transition could not be written. What was asked for is refused; an end happens all the same, since people
    /// hang up whether or not a disk is full.
    public mutating func unrecorded(_ ticket: Ticket, now: Int64) {
        guard let (call, pending) = take(ticket) else { return }
        switch pending.subject {
        case .step(.ended(let reason, let detail)):
            acknowledge(pending.asker, Acknowledgement(call: call.id), now: now)
            close(call, reason, detail: detail, asker: pending.asker, now: now)
        case .step:
            refuse(pending.asker, .unavailable, now: now)
            forget(call, now: now)
        case .path(_, let side, let path, let roundTrip):
            passPath(path, roundTrip, in: call, by: side, asker: pending.asker, now: now)
        case .accept, .description:
            refuse(pending.asker, .unavailable, now: now)
        }
        release(ticket.call, now: now)
    }

    /// The pending matter of a ticket, taken out of its call; nil when it is no longer current.
    mutating func take(_ ticket: Ticket) -> (Call, Pending)? {
        guard let call = calls[ticket.call], let pending = call.pending, pending.number == ticket.number else {
            return nil
        }
        calls[ticket.call]?.pending = nil
        return (call, pending)
    }

    private mutating func begin(_ call: Call, asker: Asker?, now: Int64) {
        calls[call.id]?.state = .requested
        acknowledge(asker, Acknowledgement(call: call.id, room: call.room), now: now)
        for socket in people[call.callee.person]?.sockets ?? [] { ring(socket, in: call.id, now: now) }
        // The callee may have gone while this was written.
        if people[call.callee.person]?.sockets.isEmpty ?? true { finish(call.id, .unavailable, now: now) }
        if let socket = call.requester.socket, sockets[socket] == nil { finish(call.id, .lost, now: now) }
    }

    /// Makes a socket ring when its person is being called.
    mutating func ring(_ socket: SocketID, now: Int64) {
        guard let person = sockets[socket]?.person, let call = people[person]?.call else { return }
        ring(socket, in: call, now: now)
    }

    private mutating func ring(_ socket: SocketID, in id: CallID, now: Int64) {
        guard let call = calls[id], call.state == .requested, sockets[socket]?.person == call.callee.person,
            let requester = people[call.requester.person]
        else { return }
        let from = Caller(id: requester.id, name: requester.name, online: requester.isOnline)
        send(.ringing(call: id, room: call.room, from: from, media: call.media), to: socket, now: now)
    }

    private mutating func accepted(_ call: Call, asker: Asker?, isGlare: Bool, now: Int64) {
        guard let asker else { return }
        calls[call.id]?.state = .accepted
        calls[call.id]?.callee.socket = asker.socket
        acknowledge(
            asker, Acknowledgement(call: call.id, room: isGlare ? call.room : nil, accepted: isGlare), now: now)
        let message = ServerMessage.accepted(
            call: call.id, requester: call.requester.person, by: call.callee.person, socket: asker.socket)
        for socket in [call.requester.socket, asker.socket] {
            if let socket { send(message, to: socket, now: now) }
        }
        for socket in people[call.callee.person]?.sockets ?? [] where socket != asker.socket {
            send(.taken(call: call.id), to: socket, now: now)
        }
        for side in CallSide.allCases { askForServers(call.id, side, asker: nil, now: now) }
        // The socket that accepted, or the one that called, may have gone while this was written.
        for socket in [call.requester.socket, asker.socket] {
            if let socket, sockets[socket] == nil { finish(call.id, .lost, now: now) }
        }
    }

    /// Tells all whom the call concerned that it is over, and forgets it.
    private mutating func close(_ call: Call, _ reason: EndReason, detail: String?, asker: Asker?, now: Int64) {
        let message = ServerMessage.ended(call: call.id, reason: reason, detail: detail)
        var told: [SocketID] = []
        func add(_ socket: SocketID?) {
            if let socket, !told.contains(socket) { told.append(socket) }
        }
        add(call.requester.socket)
        if call.state == .requested {
            for socket in people[call.callee.person]?.sockets ?? [] { add(socket) }
        } else {
            add(call.callee.socket)
        }
        add(asker?.socket)
        for socket in told { send(message, to: socket, now: now) }
        forget(call, now: now)
    }

    private mutating func forget(_ call: Call, now: Int64) {
        guard let gone = calls.removeValue(forKey: call.id) else { return }
        for side in CallSide.allCases {
            let person = gone[side].person
            if people[person]?.call == gone.id { people[person]?.call = nil }
            forgetIfGone(person)
        }
        for input in [gone.heldEnd].compactMap({ $0 }) + gone.held {
            // Both hung up: the second one has what it wanted, too.
            if input.isEnd {
                acknowledge(input.asker, Acknowledgement(call: gone.id), now: now)
            } else {
                refuse(input.asker, .callNotFound, now: now)
            }
        }
    }
}
