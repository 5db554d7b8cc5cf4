/// What a request is answered with. `Content-Length` and `Connection` are added to it.
public struct HTTPResponse: Sendable, Equatable {
    /// The status.
    public var status: HTTPStatus
    /// Header fields in their order.
    public var headers: [Header]
    /// The body; the answer to HEAD tells of its length only.
    public var body: [UInt8]

    /// One header field.
    public struct Header: Sendable, Equatable {
        /// Its name, as it is sent.
        public var name: String
        /// Its value.
        public var value: String
    }

    /// An answer with a body of this type.
    public init(_ status: HTTPStatus, type: String, body: some Sequence<UInt8>) {
        self.status = status
        headers = [Header(name: "Content-Type", value: type)]
        self.body = Array(body)
    }

    /// The answer to a method that the resource does not have [RFC 9110 15.5.6].
    public func allowing(_ methods: String) -> HTTPResponse {
        var response = self
        response.headers.append(Header(name: "Allow", value: methods))
        return response
    }
}

/// The statuses in use [RFC 9110 15, RFC 6585 5, RFC 4918 11.5].
public enum HTTPStatus: Int, Sendable {
    /// Done.
    case ok = 200
    /// The request is not understood.
    case badRequest = 400
    /// There is no such resource.
    case notFound = 404
    /// The resource does not have the method.
    case methodNotAllowed = 405
    /// The request was not complete in time.
    case requestTimeout = 408
    /// The body is too large.
    case contentTooLarge = 413
    /// Understood, and cannot be done.
    case unprocessableContent = 422
    /// The header is too large.
    case headerTooLarge = 431
    /// Not now.
    case serviceUnavailable = 503
    /// No room for it.
    case insufficientStorage = 507
}
