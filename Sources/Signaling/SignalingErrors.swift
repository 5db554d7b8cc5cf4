extension SignalingError {
    static let rateLimited = SignalingError(
        code: "rate_limited", message: "too many messages: slow down and send it again")
    static let requestsLimited = SignalingError(
        code: "rate_limited", message: "too many calls in a short time: wait a minute")
    static let callNotFound = SignalingError(code: "call_not_found", message: "this call is over, or not yours")
    static let notInCall = SignalingError(
        code: "not_in_call", message: "only the two sockets of an accepted call may send this")
    static let callTaken = SignalingError(code: "call_taken", message: "the call was already accepted")
    static let alreadyInCall = SignalingError(
        code: "already_in_call", message: "you are in another call: end it first")
    static let selfCall = SignalingError(code: "invalid_request", message: "nobody can call themselves")
    static let unavailable = SignalingError(
        code: "unavailable", message: "the server could not write this down: try again")
    static let tooManyCandidates = SignalingError(
        code: "ice_limit", message: "too many candidates in a short time: send it again in a few seconds")
    static let tooManyDescriptions = SignalingError(
        code: "sdp_limit", message: "too many session descriptions in a short time: send it again in a minute")
    static let fingerprintSeen = SignalingError(
        code: "sdp_refused",
        message: "this certificate's fingerprint was used in another call: use a new certificate for each call")
    static let resumeLate = SignalingError(
        code: "resume_late", message: "only the first message of a connection can resume another socket")

    static func refused(_ problem: DescriptionProblem) -> SignalingError {
        SignalingError(code: "sdp_refused", message: problem.message)
    }
}
