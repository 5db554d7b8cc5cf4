/// Why a service did not do what a client asked, in the form in which the client learns of it.
public struct ServiceFailure: Error, Hashable, CustomStringConvertible {
    /// For programs: stable, in snake case.
    public var code: String
    /// The HTTP status that goes with it.
    public var status: Int
    /// For people: one sentence that says what to do.
    public var message: String
    /// When trying again makes sense.
    public var retryAfterSeconds: Int?

    /// A failure.
    public init(code: String, status: Int, message: String, retryAfterSeconds: Int? = nil) {
        self.code = code
        self.status = status
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// For the log.
    public var description: String { "\(code): \(message)" }

    /// There is no session, or it ended.
    public static let notSignedIn = ServiceFailure(code: "not_signed_in", status: 401, message: "Sign in first.")
    /// The person may not do this.
    public static let forbidden = ServiceFailure(code: "forbidden", status: 403, message: "You may not do this.")
    /// There is no such thing, or the person may not know of it: the same answer.
    public static let notFound = ServiceFailure(code: "not_found", status: 404, message: "There is no such thing.")
    /// The server has too much to do.
    public static let busy = ServiceFailure(
        code: "busy", status: 503, message: "The server is busy. Try again in a few seconds.", retryAfterSeconds: 3)

    /// A cursor that no list has given out.
    public static let cursor = ServiceFailure.invalid("\"cursor\" is not one that a list has given out.")

    /// Something in the request cannot be right; `message` says what.
    public static func invalid(_ message: String) -> ServiceFailure {
        ServiceFailure(code: "invalid", status: 400, message: message)
    }

    /// The client asked too often.
    public static func tooMany(retryAfterSeconds: Int) -> ServiceFailure {
        ServiceFailure(
            code: "too_many", status: 429, message: "That was too often. Try again later.",
            retryAfterSeconds: retryAfterSeconds)
    }
}
