import Companion
import HTTPTypes
import Store

/// What administrators do about people and their sessions.
struct AdminPeopleRoutes {
    let accounts: AccountService
    let sessions: SessionService
    let hub: SignalingHub

    var routes: [Route] { [list, invite, change, signOut, reset, sessionList, endSession] }

    private var list: Route {
        Route(
            method: .get, path: "/admin/people", access: .admin,
            summary: "People, by a part of their name or address.",
            query: [.optional("query", .text(bytes: 0...200))],
            output: .json(status: 200, .listed("people", .personOverview, max: AccountService.listMax))
        ) { call in
            let found = try await accounts.people(query: call.query["query"]?.text, by: try call.person())
            return .json(["people": JSON(found) { .overview($0) }])
        }
    }

    private var invite: Route {
        Route(
            method: .post, path: "/admin/people", access: .admin,
            summary: "Makes an account for somebody and sends the invitation.",
            input: .json(
                .object([.required("email", .email), .required("name", .personName), .required("role", .role)])),
            output: .json(status: 201, .person), refusals: [409]
        ) { call in
            let person = try await accounts.invite(
                email: try call.text("email"), name: try call.text("name"),
                role: Role(rawValue: try call.text("role")) ?? .user, by: try call.person())
            return .json(.person(person), status: 201)
        }
    }

    private var change: Route {
        Route(
            method: .patch, path: "/admin/people/{id}", access: .admin,
            summary: "Opens, closes or renames an account, or changes its role.",
            input: .json(
                .object([
                    .optional("state", .choice(["active", "disabled"])), .optional("role", .role),
                    .optional("name", .personName),
                ])), output: .json(status: 200, .person), refusals: [409]
        ) { call in
            let change = PersonChange(
                state: call.body["state"]?.text.flatMap { PersonState(rawValue: $0) },
                role: call.body["role"]?.text.flatMap { Role(rawValue: $0) }, name: call.body["name"]?.text)
            return .json(
                .person(try await accounts.change(try call.parameter("id"), change, by: try call.person())))
        }
    }

    private var signOut: Route {
        Route(
            method: .post, path: "/admin/people/{id}/sign-out", access: .admin,
            summary: "Ends all sessions of a person.", output: .nothing(status: 204)
        ) { call in
            try await sessions.endAll(of: try call.parameter("id"), by: try call.person())
            return .done
        }
    }

    private var reset: Route {
        Route(
            method: .post, path: "/admin/people/{id}/reset", access: .admin,
            summary: "Sends a person a link to choose a new password and ends all sessions.",
            output: .json(status: 202, .status("check_mail")), refusals: [409]
        ) { call in
            try await accounts.resetByAdministrator(try call.parameter("id"), by: try call.person())
            return .json(["status": "check_mail"], status: 202)
        }
    }

    private var sessionList: Route {
        let session = Schema.object([
            .required("id", .id), .required("person", .contact), .required("address", .text),
            .required("agent", .text), .required("created_at", .time), .required("seen_at", .time),
            .required("socket", .flag),
        ])
        return Route(
            method: .get, path: "/admin/sessions", access: .admin, summary: "The sessions of everybody.",
            output: .json(status: 200, .listed("sessions", session, max: SessionService.listMax))
        ) { call in
            let found = try await sessions.listAll(for: try call.person())
            let contacts = try await accounts.contacts(ids: found.map(\.personID))
            let names = Dictionary(contacts.map { ($0.id, $0.name) }, uniquingKeysWith: { $1 })
            let online = await hub.online(found.map(\.personID))
            let connected = await hub.connectedSessions()
            return .json([
                "sessions": JSON(found) { session in
                    [
                        "id": .text(session.id),
                        "person": .contact(
                            id: session.personID, name: names[session.personID] ?? "", online: online),
                        "address": .text(session.address), "agent": .text(session.agent),
                        "created_at": .integer(session.createdAt), "seen_at": .integer(session.seenAt),
                        "socket": .flag(connected.contains(session.id)),
                    ]
                }
            ])
        }
    }

    private var endSession: Route {
        Route(
            method: .delete, path: "/admin/sessions/{id}", access: .admin, summary: "Ends anybody's session.",
            output: .nothing(status: 204)
        ) { call in
            try await sessions.end(try call.parameter("id"), by: try call.person())
            return .done
        }
    }
}
