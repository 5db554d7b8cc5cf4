internal import Foundation
internal import Signaling

/// What a page says, read out of a JSON text frame.
enum ClientFrame: Equatable {
    case resume(ResumeKey, last: UInt64)
    case ping(id: String?)
    case request(id: String?, to: String, media: [MediaKind])
    case call(id: String?, call: CallID, CallRequest)
    case chat(id: String?, room: String, clientID: String, body: String)

    /// Why a frame was not understood.
    struct Problem: Error, Equatable {
        /// The page's name for its request, when that much was readable.
        let id: String?
        let error: SignalingError
    }

    static func read(_ text: String) throws(Problem) -> ClientFrame {
        guard text.utf8.count <= TextLimits.frameBytes else { throw invalid(nil, "the frame is longer than 64 KiB") }
        guard isShallow(text.utf8) else { throw invalid(nil, "the frame is nested too deeply") }
        let fields: Fields
        do {
            fields = try JSONDecoder().decode(Fields.self, from: Data(text.utf8))
        } catch {
            throw invalid(nil, "the frame is no JSON object of this protocol")
        }
        let id = fields.id
        if let id, id.utf8.count > TextLimits.clientIDBytes { throw invalid(nil, "the id is longer than 64 bytes") }
        return try read(fields, id)
    }

    private static func read(_ fields: Fields, _ id: String?) throws(Problem) -> ClientFrame {
        switch fields.type {
        case "resume":
            return .resume(
                ResumeKey(try need(fields.resumeID, "resume_id", id)), last: try need(fields.last, "last", id))
        case "ping": return .ping(id: id)
        case "call.request":
            return .request(id: id, to: try need(fields.to, "to", id), media: try media(fields.media, id))
        case "chat":
            let body = try need(fields.body, "body", id)
            let clientID = try need(fields.clientID, "client_id", id)
            guard !body.isEmpty, body.utf8.count <= TextLimits.chatBytes else {
                throw invalid(id, "a message has 1 to 8192 bytes")
            }
            guard !clientID.isEmpty, clientID.utf8.count <= TextLimits.clientIDBytes else {
                throw invalid(id, "a client_id has 1 to 64 bytes")
            }
            return .chat(id: id, room: try need(fields.room, "room", id), clientID: clientID, body: body)
        default:
            guard let request = try request(fields, id) else {
                throw Problem(
                    id: id, error: SignalingError(code: "unknown_type", message: "there is no message of this type"))
            }
            return .call(id: id, call: CallID(try need(fields.call, "call", id)), request)
        }
    }

    /// What is asked of a call; nil for an unknown type.
    private static func request(_ fields: Fields, _ id: String?) throws(Problem) -> CallRequest? {
        let detail = ReasonWord.accept(fields.reason)
        switch fields.type {
        case "call.accept": return .accept
        case "call.reject": return .reject(detail: detail)
        case "call.abort": return .abort(detail: detail)
        case "call.end": return .end(detail: detail)
        case "ice.refresh": return .refreshServers
        case "sdp":
            guard let kind = DescriptionKind(rawValue: try need(fields.kind, "kind", id)) else {
                throw invalid(id, "kind is offer or answer")
            }
            return .description(kind, try need(fields.sdp, "sdp", id))
        case "ice":
            guard let candidate = fields.candidate, !candidate.candidate.isEmpty else { return .candidate(nil) }
            guard
                let read = IceCandidate(
                    candidate: candidate.candidate, mid: candidate.sdpMid, line: candidate.sdpMLineIndex,
                    fragment: candidate.usernameFragment)
            else { throw invalid(id, "the candidate is too long or holds control characters") }
            return .candidate(read)
        case "path.report":
            guard let path = MediaPath(rawValue: try need(fields.path, "path", id)) else {
                throw invalid(id, "there is no such path")
            }
            let roundTrip = fields.roundTrip.flatMap { $0.isFinite ? Int(min(max($0, 0), 60_000)) : nil }
            return .path(path, roundTripMilliseconds: roundTrip)
        default: return nil
        }
    }

    private static func media(_ names: [String]?, _ id: String?) throws(Problem) -> [MediaKind] {
        guard let names else { return [.audio, .video] }
        guard names.count <= MediaKind.allCases.count else { throw invalid(id, "media are audio and video") }
        var kinds: [MediaKind] = []
        for name in names {
            guard let kind = MediaKind(rawValue: name) else { throw invalid(id, "media are audio and video") }
            if !kinds.contains(kind) { kinds.append(kind) }
        }
        return kinds
    }

    private static func need<V>(_ value: V?, _ name: String, _ id: String?) throws(Problem) -> V {
        guard let value else { throw invalid(id, "\(name) is missing") }
        return value
    }

    private static func invalid(_ id: String?, _ message: String) -> Problem {
        Problem(id: id, error: SignalingError(code: "invalid_request", message: message))
    }

    /// Whether nothing is nested deeper than the protocol needs: a decoder need not find out for itself.
    private static func isShallow(_ bytes: String.UTF8View) -> Bool {
        var depth = 0
        var isText = false
        var isEscaped = false
        for byte in bytes {
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                if depth > TextLimits.frameDepth { return false }
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
        }
        return true
    }
}

/// Every field that a frame can have.
private struct Fields: Decodable {
    struct Candidate: Decodable {
        let candidate: String
        let sdpMid: String?
        let sdpMLineIndex: Int?
        let usernameFragment: String?
    }

    let type: String
    let id: String?
    let to: String?
    let media: [String]?
    let call: String?
    let reason: String?
    let kind: String?
    let sdp: String?
    let candidate: Candidate?
    let path: String?
    let roundTrip: Double?
    let room: String?
    let clientID: String?
    let body: String?
    let resumeID: String?
    let last: UInt64?

    enum CodingKeys: String, CodingKey {
        case type, id, to, media, call, reason, kind, sdp, candidate, path, room, body, last
        case roundTrip = "rtt_ms"
        case clientID = "client_id"
        case resumeID = "resume_id"
    }
}
