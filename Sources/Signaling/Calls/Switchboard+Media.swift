// What passes between the two sockets of an accepted call, and nowhere else.
extension Switchboard {
    /// What the store knows about the fingerprints of a description.
    public enum FingerprintVerdict: Sendable, Hashable {
        /// No other call has used them; they are written down now.
        case fresh
        /// Another call, or the other side of this one, has used one of them.
        case seen
        /// The store did not answer.
        case unknown
    }

    /// The side that may speak, and the socket that hears it; else the page is told that it may not.
    private mutating func line(of call: Call, asker: Asker, now: Int64) -> (side: CallSide, to: SocketID)? {
        guard call.isAccepted, let side = call.side(on: asker.socket), let to = call[side.other].socket else {
            refuse(asker, .notInCall, now: now)
            return nil
        }
        return (side, to)
    }

    mutating func describe(_ kind: DescriptionKind, _ text: String, in call: Call, asker: Asker, now: Int64) {
        guard let (side, _) = line(of: call, asker: asker, now: now) else { return }
        var budget =
            call[side].descriptions
            ?? TokenBucket(perMinute: limits.descriptionsPerMinute, burst: limits.descriptionBurst, now: now)
        let isAllowed = budget.take(now: now)
        calls[call.id]?[side].descriptions = budget
        guard isAllowed else { return refuse(asker, .tooManyDescriptions, now: now) }
        let description: SessionDescription
        do throws(DescriptionProblem) {
            description = try SessionDescription(checking: text)
        } catch {
            refuse(asker, .refused(error), now: now)
            audit(.description(error), of: call, from: asker.socket, now: now)
            return
        }
        let fingerprints = description.fingerprints
        if fingerprints.contains(where: call[side.other].fingerprints.contains) {
            return refuseFingerprint(call, asker: asker, now: now)
        }
        if fingerprints.allSatisfy(call[side].fingerprints.contains) {
            return passDescription(
                kind, text, description.fragments, in: call, by: side, asker: asker, now: now)
        }
        guard call[side].fingerprints.count + fingerprints.count <= TextLimits.fingerprints else {
            return refuse(asker, .tooManyDescriptions, now: now)
        }
        let ticket = Ticket(call: call.id, number: count())
        calls[call.id]?.pending = Pending(
            number: ticket.number, asker: asker, subject: .description(side, kind, text, description))
        emit(.checkFingerprints(ticket, person: call[side].person, fingerprints))
    }

    /// The store has looked for the fingerprints of a description.
    public mutating func fingerprintsChecked(_ ticket: Ticket, _ verdict: FingerprintVerdict, now: Int64) {
        guard let (call, pending) = take(ticket) else { return }
        if case .description(let side, let kind, let text, let description) = pending.subject,
            let asker = pending.asker
        {
            switch verdict {
            case .fresh:
                for fingerprint in description.fingerprints where !call[side].fingerprints.contains(fingerprint) {
                    calls[call.id]?[side].fingerprints.append(fingerprint)
                }
                passDescription(kind, text, description.fragments, in: call, by: side, asker: asker, now: now)
            case .seen: refuseFingerprint(call, asker: asker, now: now)
            case .unknown: refuse(asker, .unavailable, now: now)
            }
        }
        release(ticket.call, now: now)
    }

    private mutating func refuseFingerprint(_ call: Call, asker: Asker, now: Int64) {
        refuse(asker, .fingerprintSeen, now: now)
        audit(.fingerprintSeen, of: call, from: asker.socket, now: now)
    }

    private mutating func passDescription(
        _ kind: DescriptionKind, _ text: String, _ fragments: Set<String>, in call: Call, by side: CallSide,
        asker: Asker, now: Int64
    ) {
        if fragments != call[side].fragments {
            // A restart gathers again. How often there can be one is bounded by the descriptions.
            calls[call.id]?[side].fragments = fragments
            calls[call.id]?[side].candidates = nil
        }
        acknowledge(asker, Acknowledgement(call: call.id), now: now)
        guard let to = call[side.other].socket else { return }
        send(.description(call: call.id, kind: kind, text: text), to: to, now: now)
    }

    mutating func pass(_ candidate: IceCandidate?, in call: Call, asker: Asker, now: Int64) {
        guard let (side, to) = line(of: call, asker: asker, now: now) else { return }
        var budget =
            call[side].candidates
            ?? TokenBucket(perMinute: limits.candidatesPerMinute, burst: limits.candidateBurst, now: now)
        let isAllowed = budget.take(now: now)
        calls[call.id]?[side].candidates = budget
        guard isAllowed else { return refuse(asker, .tooManyCandidates, now: now) }
        acknowledge(asker, Acknowledgement(call: call.id), now: now)
        send(.candidate(call: call.id, candidate), to: to, now: now)
    }

    // MARK: ICE servers

    mutating func refreshServers(in call: Call, asker: Asker, now: Int64) {
        guard let (side, _) = line(of: call, asker: asker, now: now) else { return }
        if let askedAt = call[side].askedAt, now - askedAt < limits.refreshMilliseconds {
            return refuse(asker, .rateLimited, now: now)
        }
        askForServers(call.id, side, asker: asker, now: now)
    }

    mutating func askForServers(_ id: CallID, _ side: CallSide, asker: Asker?, now: Int64) {
        guard let call = calls[id], let socket = call[side].socket else { return }
        calls[id]?[side].askedAt = now
        // If none come, it is asked again.
        calls[id]?[side].refreshAt = now + limits.refreshMilliseconds
        emit(
            .issueServers(
                ServerRequest(
                    call: id, room: call.room, person: call[side].person, socket: socket, id: asker?.id)))
    }

    /// ICE servers were issued.
    public mutating func serversIssued(_ request: ServerRequest, _ servers: IceServers, now: Int64) {
        guard let call = calls[request.call], let side = call.side(on: request.socket) else { return }
        let lead = min(servers.ttlSeconds * 250, limits.refreshLeadMilliseconds)
        calls[call.id]?[side].refreshAt = max(servers.expiresAt - lead, now + 1_000)
        send(.servers(id: request.id, call: call.id, servers), to: request.socket, now: now)
    }

    /// ICE servers could not be issued. They are asked for again in a moment.
    public mutating func serversFailed(_ request: ServerRequest, _ error: SignalingError, now: Int64) {
        guard request.id != nil else { return }
        refuse(Asker(socket: request.socket, id: request.id), error, now: now)
    }

    // MARK: The path of the media

    mutating func reportPath(_ path: MediaPath, _ roundTrip: Int?, in call: Call, asker: Asker, now: Int64) {
        guard let (side, _) = line(of: call, asker: asker, now: now) else { return }
        if call[side].path == path || call[side].pathChanges >= limits.pathChangesPerSide {
            return passPath(path, roundTrip, in: call, by: side, asker: asker, now: now)
        }
        calls[call.id]?[side].pathChanges += 1
        let step = call.state == .connected ? CallTransition.Step.moved(side, path) : .connected(side, path)
        record(step, subject: .path(step, side, path, roundTrip), in: call.id, asker: asker, now: now)
    }

    mutating func passPath(
        _ path: MediaPath, _ roundTrip: Int?, in call: Call, by side: CallSide, asker: Asker?, now: Int64
    ) {
        acknowledge(asker, Acknowledgement(call: call.id), now: now)
        guard let to = call[side.other].socket else { return }
        send(.path(call: call.id, path: path, roundTripMilliseconds: roundTrip), to: to, now: now)
    }
}
