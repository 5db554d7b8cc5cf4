internal import Credentials
internal import STUN

/// A request whose sender is known.
struct Request {
    /// Where its attributes are.
    let index: MessageIndex
    /// Where it came from.
    let route: ClientRoute
    /// Who sent it.
    let identity: Identity
}

/// Why a request is not carried out, and what it is answered.
struct Refused: Error {
    let code: ErrorCode
    let reason: RefusalReason

    init(_ code: ErrorCode, _ reason: RefusalReason) {
        self.code = code
        self.reason = reason
    }

    /// 400 [RFC 8489 14.8].
    static func malformed(_ what: StaticString) -> Refused { Refused(.badRequest, .malformed(what)) }
}
