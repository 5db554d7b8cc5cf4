import Companion
import Hummingbird
import NIOCore
import Store

/// Whoever is signed in: the account, the second factor, the own rows of the audit log.
struct MeRoutes {
    let core: CompanionCore
    let accounts: AccountService

    var routes: [Route] { [me, beginTOTP, confirmTOTP, disableTOTP, audit] }

    private var me: Route {
        Route(
            method: .get, path: "/me", access: .signedIn, summary: "Who is signed in.",
            output: .json(
                status: 200,
                .object([
                    .required("person", .person), .required("csrf", .text), .required("session_id", .id),
                    .required("server_time", .time),
                ]))
        ) { call in
            let principal = try call.person()
            return .json([
                "person": .person(try await accounts.me(principal)),
                "csrf": .text(SessionService.csrf(for: call.token ?? "")),
                "session_id": .text(principal.sessionID), "server_time": .integer(core.now),
            ])
        }
    }

    private var beginTOTP: Route {
        Route(
            method: .post, path: "/me/totp", access: .signedIn,
            summary: "Makes a secret for an authenticator app; it counts once a code confirmed it.",
            input: .json(.object([.required("password", .password)])),
            output: .json(
                status: 200,
                .object([.required("secret", .text), .required("uri", .text), .required("qr_svg", .text)])),
            refusals: [409], budget: .credential
        ) { call in
            let setup = try await accounts.beginTOTP(password: try call.text("password"), by: try call.person())
            return .json(["secret": .text(setup.secret), "uri": .text(setup.uri), "qr_svg": .text(setup.qrSVG)])
        }
    }

    private var confirmTOTP: Route {
        Route(
            method: .post, path: "/me/totp/confirm", access: .signedIn,
            summary: "Switches the second factor on; the recovery codes are told this once.",
            input: .json(.object([.required("code", .code)])),
            output: .json(status: 200, .listed("recovery_codes", .text, max: 10)), refusals: [409],
            budget: .credential
        ) { call in
            let codes = try await accounts.confirmTOTP(code: try call.text("code"), by: try call.person())
            return .json(["recovery_codes": JSON(codes) { .text($0) }])
        }
    }

    private var disableTOTP: Route {
        Route(
            method: .delete, path: "/me/totp", access: .signedIn,
            summary: "Switches the second factor off, with a code of the app or a recovery code; other sessions end.",
            input: .json(.object([.required("password", .password), .required("code", .code)])),
            output: .nothing(status: 204), refusals: [409], budget: .credential
        ) { call in
            try await accounts.disableTOTP(
                password: try call.text("password"), code: try call.text("code"), by: try call.person())
            return .done
        }
    }

    private var audit: Route {
        Route(
            method: .get, path: "/me/audit", access: .signedIn,
            summary: "The rows of the audit log that concern whoever asks, as a file.",
            query: [.optional("format", .choice(["jsonl", "csv"])), .optional("from", .time), .optional("to", .time)],
            output: .file
        ) { call in
            let principal = try call.person()
            let format = AuditExport.Format(rawValue: call.query["format"]?.text ?? "") ?? .jsonLines
            let surroundings = core.surroundings
            try await core.store.write { connection in
                try connection.audit(
                    AuditEvent(
                        type: .auditExported, requester: principal.personID, owner: principal.personID,
                        message: "the owner exported the rows of the account",
                        extra: ["format": .text(format.rawValue)], address: principal.address), surroundings)
            }
            let export = AuditExport(
                core: core, person: principal.personID, format: format, from: call.query["from"]?.integer,
                to: call.query["to"]?.integer)
            let body = ResponseBody { writer in
                for try await piece in export { try await writer.write(ByteBuffer(string: piece)) }
                try await writer.finish(nil)
            }
            return Answer(
                content: .file(
                    name: "audit.\(format.rawValue)",
                    type: format == .csv ? "text/csv; charset=utf-8; header=present" : "application/jsonl",
                    body: body))
        }
    }
}
