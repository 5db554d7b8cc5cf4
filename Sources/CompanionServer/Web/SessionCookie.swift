import Companion
import HTTPTypes

/// Knows sessions by the token in their cookie.
protocol SessionKeeper: Sendable {
    /// Whose session it is; nil when there is none, or it ended.
    func authenticate(token: String, address: String) async throws -> Principal?
    /// Whether `value` is what pages of this session send along to show that it is they who ask.
    func isCSRFToken(_ value: String, of token: String) -> Bool
}

/// The cookie that holds a session's token.
enum SessionCookie {
    /// The prefix binds the cookie to this host, to TLS and to the whole site: no sibling host can plant one
    /// [RFC 6265bis 4.1.3.2].
    static let name = "__Host-tern"

    /// What the answer to a sign-in sets. It ends with the browser; the session has its own end on the server.
    static func setting(_ token: String) -> String { "\(name)=\(token); Path=/; Secure; HttpOnly; SameSite=Strict" }

    /// What the answer to a sign-out sets.
    static let clearing = "\(name)=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"

    /// The token in a request; nil when there is none, or more than one.
    static func token(in fields: HTTPFields) -> String? {
        token(in: fields[values: .cookie])
    }

    /// The token in the values of Cookie fields.
    static func token(in cookies: [String]) -> String? {
        let found = cookies.flatMap { $0.split(separator: ";") }.compactMap { pair -> Substring? in
            let trimmed = pair.drop { $0 == " " }
            return trimmed.hasPrefix(name + "=") ? trimmed.dropFirst(name.count + 1) : nil
        }
        guard found.count == 1, (1...tokenBytesMax).contains(found[0].utf8.count) else { return nil }
        return String(found[0])
    }

    private static let tokenBytesMax = 128
}
