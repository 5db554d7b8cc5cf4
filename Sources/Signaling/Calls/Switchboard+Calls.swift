// The life of a call: requested, accepted, connected, ended. Each step is written first and told then.
extension Switchboard {
    /// A new call, whose room is known and whose callee exists.
    public struct NewCall: Sendable {
        /// The call's identifier, never used before.
        public let call: CallID
        /// The room of the two.
        public let room: RoomID
        /// The socket that asks.
        public let socket: SocketID
        /// The page's name for its request.
        public let id: String?
        /// Who is called.
        public let callee: PersonID
        /// What the call carries.
        public let media: [MediaKind]

        /// A new call.
        public init(
            call: CallID, room: RoomID, socket: SocketID, id: String?, callee: PersonID, media: [MediaKind]
        ) {
            self.call = call
            self.room = room
            self.socket = socket
            self.id = id
            self.callee = callee
            self.media = media
        }
    }

    /// Whether a person may ask for another call now; else the page was told.
    public mutating func admitRequest(from socket: SocketID, id: String?, now: Int64) -> Bool {
        guard let person = sockets[socket]?.person else { return false }
        if people[person]?.requests.take(now: now) ?? false { return true }
        refuse(Asker(socket: socket, id: id), .requestsLimited, now: now)
        return false
    }

    /// A person calls another one.
    public mutating func request(_ new: NewCall, now: Int64) {
        guard let requester = sockets[new.socket]?.person else { return }
        let asker = Asker(socket: new.socket, id: new.id)
        guard requester != new.callee else { return refuse(asker, .selfCall, now: now) }
        if let own = people[requester]?.call.flatMap({ calls[$0] }) {
            return repeatRequest(new, in: own, asker: asker, now: now)
        }
        var call = Call(
            id: new.call, room: new.room, media: new.media, requester: Party(person: requester, socket: new.socket),
            callee: Party(person: new.callee), now: now)
        var step = CallTransition.Step.requested
        if people[new.callee]?.call != nil {
            call.refusal = .busy
        } else if !isOnline(new.callee) {
            call.refusal = .unavailable
        } else {
            people[new.callee]?.call = call.id
        }
        if let refusal = call.refusal { step = .refused(refusal) }
        people[requester]?.call = call.id
        calls[call.id] = call
        record(step, subject: .step(step), in: call.id, asker: asker, now: now)
    }

    /// A person in a call asks for one: the same again, the other's own call, or one too many.
    private mutating func repeatRequest(_ new: NewCall, in call: Call, asker: Asker, now: Int64) {
        let isOpen = call.state == .proposed || call.state == .requested
        let requester = call.requester.person
        if isOpen, requester == new.callee {
            // Glare: both called each other. The call that came first is accepted by the other one's request.
            submit(CallInput(asker: asker, action: .glare), to: call.id, now: now)
        } else if call.state == .requested, call.requester.socket == asker.socket, call.callee.person == new.callee {
            acknowledge(asker, Acknowledgement(call: call.id, room: call.room), now: now)
        } else {
            refuse(asker, .alreadyInCall, now: now)
            // A page that was loaded again does not know the call of its lost socket: that one need not wait longer.
            let own = call.side(of: sockets[asker.socket]?.person ?? requester).flatMap { call[$0].socket }
            if let own, own != asker.socket, sockets[own]?.connection == nil { finish(call.id, .lost, now: now) }
        }
    }

    /// A page asks something of a call.
    public mutating func handle(
        _ request: CallRequest, of call: CallID, from socket: SocketID, id: String?, now: Int64
    ) {
        submit(
            CallInput(asker: Asker(socket: socket, id: id), action: .request(request)), to: call, now: now)
    }

    /// Ends a call for a reason of the companion's own.
    mutating func finish(_ call: CallID, _ reason: EndReason, now: Int64) {
        submit(CallInput(asker: nil, action: .finish(reason)), to: call, now: now)
    }

    /// Lets an input through, or holds it until what is being written is written.
    private mutating func submit(_ input: CallInput, to id: CallID, now: Int64) {
        guard let call = calls[id] else { return refuse(input.asker, .callNotFound, now: now) }
        if let asker = input.asker, let person = sockets[asker.socket]?.person, call.side(of: person) == nil {
            refuse(asker, .callNotFound, now: now)
            audit(.stranger, of: call, from: asker.socket, now: now)
            return
        }
        guard call.pending != nil else { return process(input, in: id, now: now) }
        if input.isEnd {
            // The first one counts; another one is refused once the call is over.
            if call.heldEnd == nil { calls[id]?.heldEnd = input } else { hold(input, in: id, now: now) }
        } else {
            hold(input, in: id, now: now)
        }
    }

    private mutating func hold(_ input: CallInput, in id: CallID, now: Int64) {
        guard let call = calls[id], call.held.count < limits.heldMessages,
            call.heldBytes + input.byteCount <= limits.heldBytes
        else { return refuse(input.asker, .rateLimited, now: now) }
        calls[id]?.held.append(input)
        calls[id]?.heldBytes += input.byteCount
    }

    /// Goes on with what was held, until something is being written again.
    mutating func release(_ id: CallID, now: Int64) {
        while let call = calls[id], call.pending == nil {
            if let end = call.heldEnd {
                calls[id]?.heldEnd = nil
                process(end, in: id, now: now)
            } else if let next = call.held.first {
                calls[id]?.held.removeFirst()
                calls[id]?.heldBytes -= next.byteCount
                process(next, in: id, now: now)
            } else {
                return
            }
        }
    }

    private mutating func process(_ input: CallInput, in id: CallID, now: Int64) {
        guard let call = calls[id] else { return }
        switch input.action {
        case .finish(let reason):
            end(call, reason, detail: nil, asker: nil, now: now)
        case .glare:
            accept(call, asker: input.asker, isGlare: true, now: now)
        case .request(let request):
            guard let asker = input.asker, let person = sockets[asker.socket]?.person,
                let side = call.side(of: person)
            else { return }
            carryOut(request, in: call, by: side, asker: asker, now: now)
        }
    }

    private mutating func carryOut(
        _ request: CallRequest, in call: Call, by side: CallSide, asker: Asker, now: Int64
    ) {
        switch request {
        case .accept:
            accept(call, asker: asker, isGlare: false, now: now)
        case .reject(let detail), .abort(let detail), .end(let detail):
            // What it is called depends on where the call stands: requests cross on their way.
            let reason: EndReason = call.isAccepted ? .ended : side == .callee ? .rejected : .aborted
            end(call, reason, detail: detail, asker: asker, now: now)
        case .description(let kind, let text):
            describe(kind, text, in: call, asker: asker, now: now)
        case .candidate(let candidate):
            pass(candidate, in: call, asker: asker, now: now)
        case .refreshServers:
            refreshServers(in: call, asker: asker, now: now)
        case .path(let path, let roundTrip):
            reportPath(path, roundTrip, in: call, asker: asker, now: now)
        }
    }

    private mutating func accept(_ call: Call, asker: Asker?, isGlare: Bool, now: Int64) {
        guard let asker else { return }
        guard sockets[asker.socket]?.person == call.callee.person else {
            return refuse(asker, .callNotFound, now: now)
        }
        if call.isAccepted {
            guard call.callee.socket == asker.socket else { return refuse(asker, .callTaken, now: now) }
            return acknowledge(asker, Acknowledgement(call: call.id, room: call.room, accepted: isGlare), now: now)
        }
        record(.accepted, subject: .accept(isGlare: isGlare), in: call.id, asker: asker, now: now)
    }

    private mutating func end(_ call: Call, _ reason: EndReason, detail: String?, asker: Asker?, now: Int64) {
        let step = CallTransition.Step.ended(reason, detail: detail)
        record(step, subject: .step(step), in: call.id, asker: asker, now: now)
    }

    /// Asks for a transition to be written.
    mutating func record(
        _ step: CallTransition.Step, subject: Pending.Subject, in id: CallID, asker: Asker?, now: Int64
    ) {
        guard let call = calls[id] else { return }
        let ticket = Ticket(call: id, number: count())
        calls[id]?.pending = Pending(number: ticket.number, asker: asker, subject: subject)
        emit(
            .record(
                ticket,
                CallTransition(
                    call: id, room: call.room, requester: call.requester.person, callee: call.callee.person,
                    step: step, actor: asker.flatMap { sockets[$0.socket]?.person }, before: call.state, at: now)))
    }

    /// Audits a refusal, unless the socket has caused many of them.
    mutating func audit(_ cause: Refusal.Cause, of call: Call, from socket: SocketID, now: Int64) {
        guard let person = sockets[socket]?.person, sockets[socket]?.auditBucket.take(now: now) ?? false else {
            return
        }
        emit(.auditRefusal(Refusal(person: person, call: call.id, room: call.room, cause: cause)))
    }
}
