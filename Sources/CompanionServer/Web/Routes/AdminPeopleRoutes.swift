import Companion
import HTTPTypes
import Store

/// What administrators do about people and their sessions.
struct AdminPeopleRoutes {
    let accounts: AccountService
    let sessions: SessionService
    let hub: SignalingHub

    var routes: [Route] { [list, invite, change, signOut, reset, removeTOTP, sessionList, endSession] }

    private var list: Route {
        let max = AccountService.listMax
        return Route(
            method: .get, path: "/admin/people", access: .admin,
            summary: "People, by a part of their name or address.",
            query: [.optional("query", .text(bytes: 0...200))] + Route.paging(max: max),
            output: .json(status: 200, .paged("people", .personOverview, max: max))
        ) { call in
            let found = try await accounts.people(
                query: call.query["query"]?.text, limit: call.limit(max: max), after: try call.cursor(),
                by: try call.person())
            return .json(.paged("people", found) { .overview($0) })
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

    private var removeTOTP: Route {
        Route(
            method: .delete, path: "/admin/people/{id}/totp", access: .admin,
            summary: "Switches the second factor off for somebody who lost it, and ends the sessions. Takes the "
                + "administrator's own password, and a code where the administrator has a second factor.",
            input: .json(.object([.required("password", .password), .optional("code", .code)])),
            output: .nothing(status: 204), refusals: [403, 409], budget: .credential
        ) { call in
            try await accounts.removeTOTP(
                of: try call.parameter("id"), password: try call.text("password"), code: call.body["code"]?.text,
                by: try call.person())
            return .done
        }
    }

    private var sessionList: Route {
        let session = Schema.object([
            .required("id", .id), .required("person", .contact), .required("address", .text),
            .required("agent", .text), .required("created_at", .time), .required("seen_at", .time),
            .required("socket", .flag),
        ])
        return Route(
            method: .get, path: "/admin/sessions", access: .admin,
            summary: "The sessions of everybody, the newest first.",
            query: Route.paging(max: SessionService.listMax),
            output: .json(status: 200, .paged("sessions", session, max: SessionService.listMax))
        ) { call in
            let found = try await sessions.listAll(
                for: try call.person(), limit: call.limit(max: SessionService.listMax), after: try call.cursor())
            let contacts = try await accounts.contacts(ids: found.map(\.personID))
            let names = Dictionary(contacts.map { ($0.id, $0.name) }, uniquingKeysWith: { $1 })
            let online = await hub.online(found.map(\.personID))
            let connected = await hub.connectedSessions()
            return .json(
                .paged("sessions", found) { session in
                    [
                        "id": .text(session.id),
                        "person": .contact(
                            id: session.personID, name: names[session.personID] ?? "", online: online),
                        "address": .text(session.address), "agent": .text(session.agent),
                        "created_at": .integer(session.createdAt), "seen_at": .integer(session.seenAt),
                        "socket": .flag(connected.contains(session.id)),
                    ]
                })
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
