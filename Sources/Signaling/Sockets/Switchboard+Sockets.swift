// Sockets come, are lost, are taken up again, and go.
extension Switchboard {
    /// What a new connection brings with it.
    public struct Arrival: Sendable {
        /// The connection.
        public let connection: ConnectionID
        /// The identifiers of the socket that it becomes, unless it resumes another one: random, never used before.
        public let socket: SocketID
        /// The secret with which that socket can be resumed.
        public let resume: ResumeKey
        /// Whose it is.
        public let person: PersonID
        /// That person's name.
        public let name: String
        /// That person's role.
        public let role: String
        /// The sign-in that opened it.
        public let session: SessionID
        /// Whom that person sees.
        public let contacts: Contacts

        /// A connection of a person.
        public init(
            connection: ConnectionID, socket: SocketID, resume: ResumeKey, person: PersonID, name: String,
            role: String, session: SessionID, contacts: Contacts = .everyone
        ) {
            self.connection = connection
            self.socket = socket
            self.resume = resume
            self.person = person
            self.name = name
            self.role = role
            self.session = session
            self.contacts = contacts
        }
    }

    /// A connection was accepted: it becomes a socket.
    public mutating func attach(_ arrival: Arrival, now: Int64) {
        if sockets.count >= limits.sockets, !dropOldestLost(now: now) {
            emit(.close(arrival.connection, .full))
            return
        }
        var person =
            people[arrival.person]
            ?? Person(
                id: arrival.person, name: arrival.name, role: arrival.role, contacts: arrival.contacts,
                requests: TokenBucket(perMinute: limits.requestsPerMinute, burst: limits.requestBurst, now: now))
        person.name = arrival.name
        person.role = arrival.role
        person.contacts = arrival.contacts
        people[person.id] = person
        if person.sockets.count >= limits.socketsPerPerson { dropOldest(of: person.id, now: now) }

        sockets[arrival.socket] = Socket(
            id: arrival.socket, resume: arrival.resume, person: person.id, session: arrival.session, serial: count(),
            connection: arrival.connection,
            bucket: TokenBucket(perMinute: limits.messagesPerSecond * 60, burst: limits.messageBurst, now: now),
            auditBucket: TokenBucket(
                perMinute: limits.auditedRefusalsPerMinute, burst: limits.auditedRefusalBurst, now: now))
        people[person.id]?.sockets.append(arrival.socket)
        connections[arrival.connection] = arrival.socket
        resumptions[arrival.resume] = arrival.socket
        welcome(arrival.socket, missed: false, now: now)
        ring(arrival.socket, now: now)
        arrived(person.id, now: now)
    }

    /// A page takes up the socket that it had before. `last` is the number of the last message that it has.
    ///
    /// It gets a second welcome: of that socket, followed by what it missed; or of its new one, which says so.
    public mutating func resume(_ key: ResumeKey, last: UInt64, on connection: ConnectionID, now: Int64) {
        guard let newID = connections[connection], let new = sockets[newID] else { return }
        guard new.isFresh else {
            refuse(Asker(socket: newID, id: nil), .resumeLate, now: now)
            return
        }
        sockets[newID]?.isFresh = false
        // The secret alone is not enough: it is good for the sign-in that it was given to.
        guard let oldID = resumptions[key], oldID != newID, let old = sockets[oldID], old.session == new.session,
            old.person == new.person
        else {
            welcome(newID, missed: true, now: now)
            return
        }
        if let replaced = old.connection {
            connections[replaced] = nil
            emit(.close(replaced, .replaced))
        }
        sockets[newID]?.connection = nil
        remove(newID, now: now)
        connections[connection] = oldID
        lost.remove(oldID)
        sockets[oldID]?.connection = connection
        sockets[oldID]?.lostAt = nil
        sockets[oldID]?.isFresh = false
        let isComplete = sockets[oldID]?.replay.acknowledge(last) ?? false
        welcome(oldID, missed: !isComplete || old.missedPresence, now: now)
        for entry in sockets[oldID]?.replay.entries ?? [] {
            emit(.send(connection, sequence: entry.sequence, entry.message))
        }
        sockets[oldID]?.missedPresence = false
        sockets[oldID]?.presence = []
        for person in old.presence.sorted() {
            emit(.send(connection, sequence: nil, .presence(person: person, online: isOnline(person))))
        }
        arrived(old.person, now: now)
    }

    /// A connection is gone. Its socket waits to be resumed.
    public mutating func detach(_ connection: ConnectionID, now: Int64) {
        guard let id = connections.removeValue(forKey: connection) else { return }
        sockets[id]?.connection = nil
        sockets[id]?.lostAt = now
        lost.insert(id)
        if let person = sockets[id]?.person { departed(person, now: now) }
    }

    /// A connection does not take what it is sent: it is closed, and its socket waits to be resumed.
    public mutating func stalled(_ connection: ConnectionID, now: Int64) {
        close(connection, .slowReader, now: now)
    }

    /// Whether a frame that came in is dealt with at all; else the page was told, and now and then disconnected.
    ///
    /// - Returns: the socket that it came from.
    public mutating func admit(_ connection: ConnectionID, now: Int64) -> SocketID? {
        guard let id = connections[connection], let isAdmitted = sockets[id]?.bucket.take(now: now) else { return nil }
        if isAdmitted {
            sockets[id]?.refusedInARow = 0
            return id
        }
        let refused = (sockets[id]?.refusedInARow ?? 0) + 1
        sockets[id]?.refusedInARow = refused
        if refused > limits.refusalsBeforeClose {
            close(connection, .flooding, now: now)
        } else {
            emit(.send(connection, sequence: nil, .error(id: nil, .rateLimited)))
        }
        return nil
    }

    /// A message other than a resumption came: from here on the socket is its own.
    public mutating func settle(_ socket: SocketID) { sockets[socket]?.isFresh = false }

    /// Sign-ins are over: their sockets close and cannot be resumed, and their calls end.
    public mutating func end(sessions: Set<SessionID>, reason: String, now: Int64) {
        revoke(sockets.values.filter { sessions.contains($0.session) }, reason: reason, now: now)
    }

    /// A person may not go on: all their sockets close and their call ends.
    public mutating func revoke(_ person: PersonID, reason: String, now: Int64) {
        revoke((people[person]?.sockets ?? []).compactMap { sockets[$0] }, reason: reason, now: now)
        if let call = people[person]?.call { finish(call, .revoked, now: now) }
    }

    private mutating func revoke(_ revoked: [Socket], reason: String, now: Int64) {
        for socket in revoked.sorted(by: { $0.serial < $1.serial }) {
            if let connection = socket.connection {
                connections[connection] = nil
                emit(.send(connection, sequence: nil, .sessionEnded(reason: reason)))
                emit(.close(connection, .sessionEnded))
                sockets[socket.id]?.connection = nil
            }
            remove(socket.id, now: now, ending: .revoked)
        }
    }

    /// Closes a connection; its socket can be resumed.
    private mutating func close(_ connection: ConnectionID, _ reason: CloseReason, now: Int64) {
        guard connections[connection] != nil else { return }
        emit(.close(connection, reason))
        detach(connection, now: now)
    }

    private mutating func welcome(_ id: SocketID, missed: Bool, now: Int64) {
        guard let socket = sockets[id], let person = people[socket.person] else { return }
        send(
            .welcome(
                Welcome(
                    socket: id, resume: socket.resume, person: person.id, name: person.name, role: person.role,
                    serverTime: now, missed: missed)),
            to: id, now: now)
    }

    /// Removes the socket of a person that is needed least: the oldest lost one, else the oldest one without a call.
    private mutating func dropOldest(of person: PersonID, now: Int64) {
        let all = (people[person]?.sockets ?? []).compactMap { sockets[$0] }
        let call = people[person]?.call.flatMap { calls[$0] }
        let free = all.filter { call?.side(on: $0.id) == nil }
        guard let oldest = free.first(where: { $0.connection == nil }) ?? free.first ?? all.first else { return }
        if let connection = oldest.connection {
            connections[connection] = nil
            emit(.close(connection, .tooManySockets))
            sockets[oldest.id]?.connection = nil
        }
        remove(oldest.id, now: now)
    }

    /// Makes room in a full table.
    private mutating func dropOldestLost(now: Int64) -> Bool {
        let candidates = lost.compactMap { sockets[$0] }.filter { socket in
            people[socket.person]?.call.flatMap { calls[$0] }?.side(on: socket.id) == nil
        }
        guard let oldest = candidates.min(by: { $0.serial < $1.serial }) else { return false }
        remove(oldest.id, now: now)
        return true
    }

    /// Forgets a socket. A call that is bound to it ends.
    mutating func remove(_ id: SocketID, now: Int64, ending reason: EndReason = .lost) {
        guard let socket = sockets.removeValue(forKey: id) else { return }
        resumptions[socket.resume] = nil
        lost.remove(id)
        people[socket.person]?.sockets.removeAll { $0 == id }
        emit(.forget(id))
        if let call = people[socket.person]?.call.flatMap({ calls[$0] }) {
            if call.side(on: id) != nil {
                finish(call.id, reason, now: now)
            } else if !call.isAccepted, people[socket.person]?.sockets.isEmpty ?? true {
                // It rings, and nobody is left to hear it.
                finish(call.id, reason == .lost ? .unavailable : reason, now: now)
            }
        }
        departed(socket.person, now: now)
    }
}
