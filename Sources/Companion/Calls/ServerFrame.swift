internal import Foundation
internal import Signaling

/// A message of the companion as a JSON text frame.
struct ServerFrame: Encodable {
    let sequence: UInt64?
    let message: ServerMessage

    /// The frame's text.
    static func text(_ message: ServerMessage, sequence: UInt64?) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(ServerFrame(sequence: sequence, message: message)) else {
            preconditionFailure("texts and numbers can always be encoded")
        }
        return String(decoding: data, as: UTF8.self)
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Field.self)
        try fields.encodeIfPresent(sequence, forKey: .seq)
        try fields.encode(type, forKey: .type)
        switch message {
        case .welcome(let welcome): try encode(welcome, &fields)
        case .pong(let id): try fields.encodeIfPresent(id, forKey: .id)
        case .presence(let person, let online):
            try fields.encode(person.text, forKey: .person)
            try fields.encode(online, forKey: .online)
        case .ack(let id, let acknowledgement):
            try fields.encodeIfPresent(id, forKey: .id)
            try fields.encodeIfPresent(acknowledgement.call?.text, forKey: .call)
            try fields.encodeIfPresent(acknowledgement.room?.text, forKey: .room)
            if acknowledgement.accepted { try fields.encode(true, forKey: .accepted) }
            try fields.encodeIfPresent(acknowledgement.message.map(MessageFields.init), forKey: .message)
        case .error(let id, let error):
            try fields.encodeIfPresent(id, forKey: .id)
            try fields.encode(error.code, forKey: .code)
            try fields.encode(error.message, forKey: .message)
        case .chat(let chat): try fields.encode(MessageFields(chat), forKey: .message)
        case .documentShared(let document): try fields.encode(DocumentFields(document), forKey: .document)
        case .documentDeleted(let room, let document):
            try fields.encode(room.text, forKey: .room)
            try fields.encode(document, forKey: .document)
        case .roomChanged(let room): try fields.encode(room.text, forKey: .room)
        case .sessionEnded(let reason): try fields.encode(reason, forKey: .reason)
        default: try encodeCall(&fields)
        }
    }

    private func encodeCall(_ fields: inout KeyedEncodingContainer<Field>) throws {
        switch message {
        case .ringing(let call, let room, let from, let media):
            try fields.encode(call.text, forKey: .call)
            try fields.encode(room.text, forKey: .room)
            try fields.encode(
                PersonFields(id: from.id.text, name: from.name, online: from.online, role: nil), forKey: .from)
            try fields.encode(media.map(\.rawValue), forKey: .media)
        case .accepted(let call, let requester, let by, let socket):
            try fields.encode(call.text, forKey: .call)
            try fields.encode(requester.text, forKey: .requester)
            try fields.encode(by.text, forKey: .by)
            try fields.encode(socket.text, forKey: .session)
        case .taken(let call): try fields.encode(call.text, forKey: .call)
        case .ended(let call, let reason, let detail):
            try fields.encode(call.text, forKey: .call)
            try fields.encode(reason.rawValue, forKey: .reason)
            try fields.encodeIfPresent(detail, forKey: .detail)
        case .description(let call, let kind, let text):
            try fields.encode(call.text, forKey: .call)
            try fields.encode(kind.rawValue, forKey: .kind)
            try fields.encode(text, forKey: .sdp)
        case .candidate(let call, let candidate):
            try fields.encode(call.text, forKey: .call)
            try fields.encode(candidate.map(CandidateFields.init), forKey: .candidate)
        case .servers(let id, let call, let servers):
            try fields.encodeIfPresent(id, forKey: .id)
            try fields.encode(call.text, forKey: .call)
            try fields.encode(servers.ttlSeconds, forKey: .ttl)
            try fields.encode(servers.expiresAt, forKey: .expiresAt)
            try fields.encode(servers.servers.map(ServerFields.init), forKey: .iceServers)
        case .path(let call, let path, let roundTrip):
            try fields.encode(call.text, forKey: .call)
            try fields.encode(path.rawValue, forKey: .path)
            try fields.encodeIfPresent(roundTrip, forKey: .roundTrip)
        default: break
        }
    }

    private func encode(_ welcome: Welcome, _ fields: inout KeyedEncodingContainer<Field>) throws {
        try fields.encode(welcome.socket.text, forKey: .sessionID)
        try fields.encode(welcome.resume.text, forKey: .resumeID)
        try fields.encode(
            PersonFields(id: welcome.person.text, name: welcome.name, online: nil, role: welcome.role),
            forKey: .person)
        try fields.encode(welcome.serverTime, forKey: .serverTime)
        try fields.encode(welcome.missed, forKey: .missed)
    }

    private var type: String {
        switch message {
        case .welcome: "welcome"
        case .pong: "pong"
        case .presence: "presence"
        case .ack: "ack"
        case .error: "error"
        case .ringing: "call.ringing"
        case .accepted: "call.accepted"
        case .taken: "call.taken"
        case .ended: "call.ended"
        case .description: "sdp"
        case .candidate: "ice"
        case .servers: "ice.servers"
        case .path: "path.report"
        case .chat: "chat"
        case .documentShared: "document.shared"
        case .documentDeleted: "document.deleted"
        case .roomChanged: "room.changed"
        case .sessionEnded: "session.ended"
        }
    }

    enum Field: String, CodingKey {
        case seq, type, id, person, online, call, room, accepted, message, code, document, reason, from, media
        case requester, by, session, detail, kind, sdp, candidate, ttl, iceServers, path, missed
        case sessionID = "session_id"
        case resumeID = "resume_id"
        case serverTime = "server_time"
        case expiresAt = "expires_at"
        case roundTrip = "rtt_ms"
    }
}

private struct PersonFields: Encodable {
    let id: String
    let name: String
    let online: Bool?
    let role: String?
}

private struct CandidateFields: Encodable {
    let candidate: String
    let sdpMid: String?
    let sdpMLineIndex: Int?
    let usernameFragment: String?

    init(_ candidate: IceCandidate) {
        self.candidate = candidate.candidate
        sdpMid = candidate.mid
        sdpMLineIndex = candidate.line
        usernameFragment = candidate.fragment
    }
}

private struct ServerFields: Encodable {
    let urls: [String]
    let username: String?
    let credential: String?

    init(_ server: IceServers.Server) {
        urls = server.urls
        username = server.username
        credential = server.credential
    }
}

private struct MessageFields: Encodable {
    let id: String
    let room: String
    let sender: String
    let body: String
    let sent_at: Int64
    let client_id: String
    let position: Int64

    init(_ message: ChatMessage) {
        id = message.id
        room = message.room.text
        sender = message.sender.text
        body = message.body
        sent_at = message.sentAt
        client_id = message.clientID
        position = message.position
    }
}

private struct DocumentFields: Encodable {
    let id: String
    let room: String
    let name: String
    let type: String
    let bytes: Int64
    let sha256: String
    let owner: String
    let shared_at: Int64

    init(_ document: DocumentNotice) {
        id = document.id
        room = document.room.text
        name = document.name
        type = document.type
        bytes = document.bytes
        sha256 = document.sha256
        owner = document.owner.text
        shared_at = document.sharedAt
    }
}
