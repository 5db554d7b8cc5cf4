import Companion
import HTTPTypes
import Store

/// Signing in and out.
struct SessionRoutes {
    let sessions: SessionService

    var routes: [Route] { [signIn, complete, list, signOut, end, ticket] }

    private var signIn: Route {
        Route(
            method: .post, path: "/sessions", access: .anyone,
            summary: "Signs in; with a second factor it is asked for next.",
            input: .json(.object([.required("email", .email), .required("password", .password)])),
            output: .json(status: 200, .either([.signedIn, .codeRequired])), refusals: [401, 403],
            budget: .credential
        ) { call in
            let result = try await sessions.signIn(
                email: try call.text("email"), password: try call.text("password"), address: call.address,
                agent: call.agent)
            switch result {
            case .signedIn(let grant): return .json(.signedIn(grant), cookie: SessionCookie.setting(grant.token))
            case .totpRequired(let challenge):
                return .json(["status": "totp_required", "challenge": .text(challenge)])
            }
        }
    }

    private var complete: Route {
        Route(
            method: .post, path: "/sessions/totp", access: .anyone,
            summary: "Completes a sign-in with a code of the app or a recovery code.",
            input: .json(
                .object([.required("challenge", .text(bytes: 1...128)), .required("code", .code)])),
            output: .json(status: 200, .signedIn), refusals: [401, 403], budget: .credential
        ) { call in
            let grant = try await sessions.completeTOTP(
                challenge: try call.text("challenge"), code: try call.text("code"), address: call.address,
                agent: call.agent)
            return .json(.signedIn(grant), cookie: SessionCookie.setting(grant.token))
        }
    }

    private var list: Route {
        let summary = Schema.object([
            .required("id", .id), .required("current", .flag), .required("created_at", .time),
            .required("seen_at", .time), .required("address", .text), .required("agent", .text),
        ])
        return Route(
            method: .get, path: "/sessions", access: .signedIn,
            summary: "The sessions of whoever asks, the newest first.",
            query: Route.paging(max: SessionService.listMax),
            output: .json(status: 200, .paged("sessions", summary, max: SessionService.listMax))
        ) { call in
            let principal = try call.person()
            let found = try await sessions.list(
                for: principal, limit: call.limit(max: SessionService.listMax), after: try call.cursor())
            return .json(
                .paged("sessions", found) { session in
                    [
                        "id": .text(session.id), "current": .flag(session.id == principal.sessionID),
                        "created_at": .integer(session.createdAt), "seen_at": .integer(session.seenAt),
                        "address": .text(session.address), "agent": .text(session.agent),
                    ]
                })
        }
    }

    private var signOut: Route {
        Route(
            method: .delete, path: "/sessions/current", access: .signedIn, summary: "Signs out.",
            output: .nothing(status: 204)
        ) { call in
            let principal = try call.person()
            try await sessions.end(principal.sessionID, by: principal)
            return Answer(status: 204, content: .nothing, cookie: SessionCookie.clearing)
        }
    }

    private var end: Route {
        Route(
            method: .delete, path: "/sessions/{id}", access: .signedIn,
            summary: "Ends a session of whoever asks.", output: .nothing(status: 204)
        ) { call in
            // Here also administrators end their own alone.
            var principal = try call.person()
            principal.role = .user
            try await sessions.end(try call.parameter("id"), by: principal)
            return .done
        }
    }

    private var ticket: Route {
        Route(
            method: .post, path: "/socket-ticket", access: .signedIn,
            summary: "A ticket that opens one WebSocket at /ws?ticket=…, together with the session's cookie.",
            output: .json(status: 200, .object([.required("ticket", .text), .required("expires_at", .time)]))
        ) { call in
            let ticket = try await sessions.ticket(for: try call.person())
            return .json(["ticket": .text(ticket.ticket), "expires_at": .integer(ticket.expiresAt)])
        }
    }
}

/// The session service as the web layer needs it.
struct SessionServiceKeeper: SessionKeeper {
    let sessions: SessionService

    func authenticate(token: String, address: String) async throws -> Principal? {
        try await sessions.authenticate(token: token, address: address)
    }

    func isCSRFToken(_ value: String, of token: String) -> Bool {
        SessionService.matches(csrf: value, token: token)
    }
}
