import Companion
import Store
import Testing

@testable import CompanionServer

/// What a page does over HTTP: keeps the cookie, sends the token along, names its site.
final class Browser: Sendable {
    let server: TestServer
    let cookie: String?
    let csrf: String?
    let personID: String
    let address: String

    init(
        _ server: TestServer, cookie: String? = nil, csrf: String? = nil, personID: String = "",
        address: String = "192.0.2.1"
    ) {
        self.server = server
        self.cookie = cookie
        self.csrf = csrf
        self.personID = personID
        self.address = address
    }

    /// Sends one request on a connection of its own.
    func send(
        _ method: String, _ path: String, _ body: JSON? = nil, headers: [String: String] = [:], raw: [UInt8]? = nil
    ) async throws -> Reply {
        let wire = try await server.wire(from: address)
        try await wire.send(request(method, path, body, headers: headers, raw: raw))
        let reply = await wire.reply(hasBody: method != "HEAD")
        await wire.close()
        return try #require(reply, "\(method) \(path): no answer")
    }

    /// The bytes of a request. A header with an empty value is left out.
    func request(
        _ method: String, _ path: String, _ body: JSON? = nil, headers: [String: String] = [:], raw: [UInt8]? = nil
    ) -> [UInt8] {
        var fields = ["Host": "call.example", "Origin": TestServer.origin]
        fields["Cookie"] = cookie.map { "\(SessionCookie.name)=\($0)" }
        fields["X-CSRF-Token"] = csrf
        var content = raw ?? []
        if let body {
            content = Array(body.document.utf8)
            fields["Content-Type"] = "application/json"
        }
        if body != nil || raw != nil { fields["Content-Length"] = String(content.count) }
        fields.merge(headers) { $1 }
        let head = fields.filter { !$0.value.isEmpty }.map { "\($0.key): \($0.value)\r\n" }.joined()
        return Array("\(method) \(path) HTTP/1.1\r\n\(head)\r\n".utf8) + content
    }

    func api(
        _ method: String, _ path: String, _ body: JSON? = nil, headers: [String: String] = [:], raw: [UInt8]? = nil
    ) async throws -> Reply {
        try await send(method, Route.base + path, body, headers: headers, raw: raw)
    }

    /// Signs in and is the browser of that session.
    func signedIn(_ email: String, _ password: String) async throws -> Browser {
        let reply = try await api("POST", "/sessions", ["email": .text(email), "password": .text(password)])
        try #require(reply.status == 200, "\(reply.text)")
        let cookie = try #require(reply["set-cookie"])
        let token = try #require(cookie.split(separator: ";").first?.split(separator: "=").last)
        return Browser(
            server, cookie: String(token), csrf: try #require(reply.json?["csrf"]?.text),
            personID: try #require(reply.json?["person"]?["id"]?.text), address: address)
    }
}

extension TestServer {
    static let password = "Correct-horse-7"

    /// The first administrator, signed in.
    func administrator() async throws -> Browser {
        let made = try await services.accounts.ensureAdministrator(email: "root@example.org")
        return try await Browser(self).signedIn("root@example.org", try #require(made).password)
    }

    /// A person whom `administrator` invited, activated with the key from the outbox and signed in.
    func person(_ name: String, invitedBy administrator: Browser, role: String = "user") async throws -> Browser {
        let email = "\(name)@example.org"
        let invited = try await administrator.api(
            "POST", "/admin/people", ["email": .text(email), "name": .text(name), "role": .text(role)])
        try #require(invited.status == 201, "\(invited.text)")
        let key = try await key(for: email)
        let activated = try await Browser(self).api(
            "POST", "/accounts/activate",
            ["email": .text(email), "key": .text(key), "password": .text(Self.password)])
        try #require(activated.status == 200, "\(activated.text)")
        return try await Browser(self).signedIn(email, Self.password)
    }

    /// The key in the newest mail to this address.
    func key(for email: String) async throws -> String {
        let mails = try await services.mail.messages().filter { $0.message.to == email }
        let body = try #require(mails.first).message.body
        let match = try #require(body.firstMatch(of: /enter this key: (\S+)/), "\(body)")
        return String(match.output.1)
    }
}
