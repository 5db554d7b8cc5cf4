internal import Signaling
internal import Store
internal import Vault

/// Something that the hub has to read or write before it goes on. Many of them share one transaction.
enum SignalingJob: Sendable {
    /// A transition of a call and its audit row.
    case record(Ticket, CallTransition, address: String)
    /// Fingerprints that no other call may have used.
    case fingerprints(Ticket, person: PersonID, [Fingerprint])
    /// The room of a call that somebody asks for.
    case call(from: PersonID, to: String, socket: SocketID, id: String?, media: [MediaKind])
    /// A chat message.
    case chat(from: PersonID, socket: SocketID, id: String?, room: String, clientID: String, body: String)
    /// Something that was refused.
    case refusal(Refusal, address: String)
    /// A socket came or went.
    case socket(AuditType, person: String, session: String, address: String)

    /// What came of it.
    enum Outcome: Sendable {
        case done
        case verdict(Switchboard.FingerprintVerdict)
        case room(String)
        case stored(ChatMessage, members: [String])
        case repeated(ChatMessage)
        /// The page is told.
        case refused(SignalingError)
        /// Nothing was written.
        case failed(SignalingError)
    }

    /// Does it, within a transaction. What is refused is an outcome; what throws undoes the transaction.
    func perform(_ core: CompanionCore, _ connection: any StoreConnection) throws -> Outcome {
        do {
            switch self {
            case .record(_, let transition, let address):
                try connection.write(transition, address: address, core.surroundings)
                return .done
            case .fingerprints(let ticket, let person, let fingerprints):
                return .verdict(try core.check(fingerprints, ticket.call, person, connection))
            case .call(let requester, let callee, _, _, _):
                return try core.prepareCall(from: requester.text, to: callee, connection)
            case .chat(let sender, _, _, let room, let clientID, let body):
                guard let room = try connection.room(id: room, of: sender.text) else { throw ServiceFailure.notFound }
                let posted = try core.post(body, clientID: clientID, by: sender.text, in: room, on: connection)
                guard posted.isNew else { return .repeated(posted.message) }
                return .stored(posted.message, members: try connection.memberIDs(of: room.id))
            case .refusal(let refusal, let address):
                try connection.audit(AuditEvent(refusal, address: address), core.surroundings)
                return .done
            case .socket(let type, let person, let session, let address):
                try connection.audit(
                    AuditEvent(
                        type: type, requester: person, owner: person,
                        message: type == .connectionSuccess ? "a page connected" : "a page disconnected",
                        extra: ["session": .text(session)], address: address), core.surroundings)
                return .done
            }
        } catch let failure as ServiceFailure {
            return .refused(SignalingError(code: failure.code, message: failure.message))
        }
    }
}

extension CompanionCore {
    fileprivate func prepareCall(
        from requester: String, to callee: String, _ connection: any StoreConnection
    ) throws -> SignalingJob.Outcome {
        guard requester != callee, try connection.member(callee)?.isActive ?? false else {
            throw ServiceFailure(
                code: "person_not_found", status: 404, message: "There is nobody of this id who could be called.")
        }
        if settings.signaling.contactsShareRoom, try connection.directRoom(of: requester, and: callee) == nil {
            guard try connection.roommateIDs(of: requester).contains(callee) else {
                throw ServiceFailure(
                    code: "person_not_found", status: 404, message: "There is nobody of this id who could be called.")
            }
        }
        return .room(try directRoom(of: requester, and: callee, on: connection).id)
    }

    fileprivate func check(
        _ fingerprints: [Fingerprint], _ call: CallID, _ person: PersonID, _ connection: any StoreConnection
    ) throws -> Switchboard.FingerprintVerdict {
        var fresh: [[UInt8]] = []
        for fingerprint in fingerprints {
            let hash = vault.index(fingerprint.description, purpose: "fingerprint")
            guard let earlier = try connection.fingerprint(hash) else {
                fresh.append(hash)
                continue
            }
            guard earlier == (call.text, person.text) else { return .seen }
        }
        for hash in fresh { try connection.insertFingerprint(hash, call: call.text, person: person.text, at: now) }
        return .fresh
    }
}
