import HTTPTypes
import Testing

@testable import CompanionServer

/// Every route of the table, asked by everybody: nobody reaches what is another's, and nothing fails.
@Suite("Route matrix", .timeLimit(.minutes(3)))
struct RouteMatrixTests {
    /// Who asks.
    private enum Asker: CaseIterable { case anonymous, stranger, member, owner, admin }

    /// What the routes are about: a room of `owner` and `member`, with a document of `owner`.
    private struct Scene {
        let askers: [Asker: Browser]
        let room: String
        let document: String
        let session: String
        let credential: String
        let person: String
    }

    @Test("every route x anonymous, stranger, member, owner, administrator gives the status it has to")
    func matrix() async throws {
        try await TestServer.run { server in
            // Signing out comes last: the other questions need the session.
            let table = RouteTable.make(server.core, server.services)
            let routes = table.filter { $0.name != Self.signOut } + table.filter { $0.name == Self.signOut }
            #expect(Set(routes.map(\.name)) == Set(Self.expected.keys), "each route has a row in the matrix")

            let root = try await server.administrator()
            // What is asked is changed by asking: each asker has a scene of his own.
            for (index, asker) in Asker.allCases.enumerated() {
                let scene = try await Self.scene(server, root, index)
                for route in routes {
                    let name = route.name
                    guard let browser = scene.askers[asker], let expected = Self.expected[name]?[index] else {
                        continue
                    }
                    let reply = try await Self.ask(route, scene, browser)
                    #expect(reply.status == expected, "\(name) as \(asker): \(reply.status) \(reply.text)")
                    try Self.check(reply, route, "\(name) as \(asker)")
                }
            }
        }
    }

    /// The answer is what the API document says it is.
    private static func check(_ reply: Reply, _ route: Route, _ name: String) throws {
        if reply.status >= 400 {
            #expect(route.statusesOfRefusal.contains(reply.status), "\(name): \(reply.status) is not documented")
            #expect(reply.code != nil && reply.json?["error"]?["request_id"]?.text != nil, "\(name): \(reply.text)")
            return
        }
        switch route.output {
        case .json(let status, let schema):
            #expect(reply.status == status, "\(name)")
            let document = try #require(reply.json, "\(name): \(reply.text)")
            #expect(schema.problem(with: document) == nil, "\(name): \(schema.problem(with: document) ?? "")")
        case .nothing(let status):
            #expect(reply.status == status && reply.body.isEmpty, "\(name)")
        case .file:
            #expect(reply["content-disposition"]?.hasPrefix("attachment") == true, "\(name)")
            #expect(reply["content-security-policy"]?.contains("sandbox") == true, "\(name)")
        }
    }

    // MARK: The expected statuses: anonymous, stranger, member, owner, administrator

    private static let signOut = "DELETE /sessions/current"
    private static let open = [400, 400, 400, 400, 400]
    private static let signedIn = [401, 200, 200, 200, 200]
    /// A room that others cannot know of: for them, the administrator included, it is not there.
    private static func room(_ status: Int) -> [Int] { [401, 404, status, status, 404] }
    private static func admin(_ status: Int) -> [Int] { [401, 403, 403, 403, status] }

    private static let expected: [String: [Int]] = [
        // Without a body: whoever asks is let in as far as the check of it.
        "POST /accounts": open, "POST /accounts/activate": open, "POST /accounts/activation": open,
        "POST /password/forgot": open, "POST /password/reset": open, "POST /sessions": open,
        "POST /sessions/totp": open,
        "POST /password/change": [401, 400, 400, 400, 400], "POST /me/totp": [401, 400, 400, 400, 400],
        "POST /me/totp/confirm": [401, 400, 400, 400, 400], "DELETE /me/totp": [401, 400, 400, 400, 400],
        "GET /sessions": signedIn, "GET /me": signedIn, "GET /me/audit": signedIn, "GET /people": signedIn,
        "GET /rooms": signedIn, "POST /socket-ticket": signedIn,
        // Another's session is not there, for administrators either: they have a route of their own.
        "DELETE /sessions/{id}": [401, 404, 404, 204, 404],
        "POST /rooms": [401, 201, 201, 201, 201],
        "GET /rooms/{id}": room(200), "POST /rooms/{id}/members": room(204), "GET /rooms/{id}/messages": room(200),
        "GET /rooms/{id}/documents": room(200), "POST /rooms/{id}/documents": room(201),
        "GET /rooms/{id}/documents/{document}": room(200),
        "DELETE /rooms/{id}/documents/{document}": [401, 404, 403, 204, 404],
        "DELETE /rooms/{id}/members/{person}": [401, 404, 403, 204, 404],
        "POST /relay-credentials": room(200),
        "GET /admin/relay-credentials": admin(200), "POST /admin/relay-credentials": admin(201),
        "DELETE /admin/relay-credentials/{id}": admin(204), "POST /admin/relay-secrets/rotate": admin(200),
        "GET /admin/allocations": admin(200), "POST /admin/allocations/{id}/end": admin(204),
        "GET /admin/relay": admin(200), "GET /admin/people": admin(200), "POST /admin/people": admin(201),
        "PATCH /admin/people/{id}": admin(200), "POST /admin/people/{id}/sign-out": admin(204),
        "POST /admin/people/{id}/reset": admin(202), "DELETE /admin/people/{id}/totp": admin(409),
        "GET /admin/sessions": admin(200),
        "DELETE /admin/sessions/{id}": admin(404), "GET /admin/calls": admin(200), "GET /admin/audit": admin(200),
        "POST /admin/audit/verify": admin(200), "POST /admin/audit/checkpoint": admin(200),
        "GET /admin/outbox": admin(200),
        signOut: [401, 204, 204, 204, 204],
    ]

    private static func ask(_ route: Route, _ scene: Scene, _ browser: Browser) async throws -> Reply {
        var path = route.path
        let values = [
            "document": scene.document, "person": scene.person,
            "id": path.hasPrefix("/rooms")
                ? scene.room
                : path.hasPrefix("/sessions")
                    ? scene.session
                    : path.hasPrefix("/admin/people")
                        ? scene.person
                        : path.hasPrefix("/admin/allocations")
                            ? "a1" : path.hasPrefix("/admin/sessions") ? "aaaa" : scene.credential,
        ]
        for (name, value) in values { path = path.replacing("{\(name)}", with: value) }
        if case .file = route.input {
            return try await browser.api(
                "POST", path, headers: ["Content-Type": "application/octet-stream", "X-File-Name": "b.txt"],
                raw: Array("bytes".utf8))
        }
        let bodies: [String: JSON] = [
            "POST /rooms": ["title": "Ward", "members": [.text(scene.person)]],
            "POST /rooms/{id}/members": ["person": .text(scene.person)],
            "POST /relay-credentials": ["room": .text(scene.room)],
            "POST /admin/relay-credentials": ["reason": "test", "ttl_seconds": 60],
            "POST /admin/people": ["email": "new@example.org", "name": "New", "role": "user"],
            "DELETE /admin/people/{id}/totp": ["password": .text(TestServer.password)],
            "PATCH /admin/people/{id}": ["name": "Renamed"],
        ]
        return try await browser.api(
            route.method.rawValue, path, bodies[route.name])
    }

    private static func scene(_ server: TestServer, _ root: Browser, _ index: Int) async throws -> Scene {
        let owner = try await server.person("owner\(index)", invitedBy: root)
        let member = try await server.person("member\(index)", invitedBy: root)
        let stranger = try await server.person("stranger\(index)", invitedBy: root)
        let admin = try await server.person("admin\(index)", invitedBy: root, role: "admin")
        let guest = try await server.person("guest\(index)", invitedBy: root)
        let room = try #require(
            try await owner.api(
                "POST", "/rooms", ["title": "Room", "members": [.text(member.personID), .text(guest.personID)]]
            ).json?["id"]?.text)
        let document = try #require(
            try await owner.api(
                "POST", "/rooms/\(room)/documents",
                headers: ["Content-Type": "application/octet-stream", "X-File-Name": "a.txt"], raw: Array("abc".utf8)
            ).json?["id"]?.text)
        // A second session of the owner's, to be ended.
        let second = try await Browser(server).signedIn("owner\(index)@example.org", TestServer.password)
        let session = try #require(try await second.api("GET", "/me").json?["session_id"]?.text)
        let credential = try #require(
            try await owner.api("POST", "/relay-credentials", ["room": .text(room)]).json?["id"]?.text)
        return Scene(
            askers: [
                .anonymous: Browser(server), .stranger: stranger, .member: member, .owner: owner, .admin: admin,
            ], room: room, document: document, session: session, credential: credential, person: guest.personID)
    }
}

extension Route {
    fileprivate var name: String { "\(method.rawValue) \(path)" }
}
