import Credentials

/// The administration of a running relay: HTTP/1.1 and JSON over a Unix socket that only its owner may open.
///
///     GET  /v1/status             StatusDocument
///     GET  /v1/sessions?limit=N   SessionsDocument
///     GET  /v1/refusals?limit=N   RefusalsDocument
///     GET  /v1/policy/ADDRESS     PolicyDocument; ADDRESS is an IP address, with or without a port
///     GET  /v1/counters           CountersDocument
///     GET  /v1/usage?after=SEQUENCE&limit=N  UsageDocument
///     POST /v1/sessions/ID/end    ActionDocument
///     POST /v1/revoke             RevokeRequest -> ActionDocument
///     POST /v1/drain              ActionDocument
///     POST /v1/undrain            ActionDocument
///     POST /v1/reload             ActionDocument
///
/// What fails is answered with an ErrorDocument and a status of 400 or more. No request names a file: whoever
/// reaches the socket can stop calls, and nothing beyond the relay.
public enum AdminAPI {
    /// Where the relay opens its socket, and where the commands look for it, unless told otherwise.
    public static let defaultSocketPath = "run/tern.sock"
    /// Where a relay's socket usually is, in the order the commands look: one started by hand here, `tern up` here,
    /// the system's service.
    public static let usualSocketPaths = [defaultSocketPath, "tern-data/admin.sock", "/run/tern/tern.sock"]
    /// Bytes a request's body may have.
    public static let requestBodyBytesMax = 4096
    /// Bytes an answer may have.
    public static let responseBytesMax = 64 << 20
    /// Sessions or refusals that are listed unless the request says otherwise.
    public static let listLimitDefault = 100
    /// Sessions or refusals that are listed at most.
    public static let listLimitMax = 100_000
    /// Bytes of a username [RFC 8489 14.3].
    public static let nameBytesMax = 513
    /// The port that stands for any port when a policy is asked about an address alone.
    public static let policyPort: UInt16 = 1
}

/// One call of the administration.
public enum AdminRequest: Sendable, Equatable {
    /// The relay as a whole.
    case status
    /// Up to so many allocations.
    case sessions(limit: Int)
    /// Up to so many refusals.
    case refusals(limit: Int)
    /// What the policy says of a peer address.
    case policy(String)
    /// Every number the relay counts.
    case counters
    /// Up to so many events of allocations behind a number.
    case usage(after: Int, limit: Int)
    /// Ends the allocation with this id.
    case end(String)
    /// Revokes a username or credential id.
    case revoke(String)
    /// No new allocations from now on.
    case drain
    /// New allocations again.
    case undrain
    /// Reads the configuration again.
    case reload

    var method: String {
        switch self {
        case .status, .sessions, .refusals, .policy, .counters, .usage: "GET"
        case .end, .revoke, .drain, .undrain, .reload: "POST"
        }
    }

    /// The path and query, percent-encoded.
    var target: String {
        switch self {
        case .status: "/v1/status"
        case .sessions(let limit): "/v1/sessions?limit=\(limit)"
        case .refusals(let limit): "/v1/refusals?limit=\(limit)"
        case .policy(let address): "/v1/policy/" + Self.encoded(address)
        case .counters: "/v1/counters"
        case .usage(let sequence, let limit): "/v1/usage?after=\(sequence)&limit=\(limit)"
        case .end(let id): "/v1/sessions/" + Self.encoded(id) + "/end"
        case .revoke: "/v1/revoke"
        case .drain: "/v1/drain"
        case .undrain: "/v1/undrain"
        case .reload: "/v1/reload"
        }
    }

    /// One path segment: everything but unreserved characters as %XX [RFC 3986 2.3].
    private static func encoded(_ segment: String) -> String {
        var result = ""
        for byte in segment.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                // The dot too: a segment of dots would be taken for a way up.
                result += "%" + LogText.hexadecimal(UInt32(byte), digits: 2).uppercased()
            }
        }
        return result
    }
}
