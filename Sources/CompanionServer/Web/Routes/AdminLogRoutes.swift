import Companion
import HTTPTypes
import Store

/// The audit log and the outbox, for administrators.
struct AdminLogRoutes {
    let core: CompanionCore
    let keeper: AuditKeeper
    let mail: MailService

    private static let rowsMax = 200

    var routes: [Route] { [search, verify, checkpoint, outbox] }

    private var search: Route {
        let row = Schema.object([
            .required("sequence", .count), .required("at", .time), .required("type", .text),
            .required("outcome", .choice(["success", "failure"])), .required("requester", .nullable(.text)),
            .required("owner", .nullable(.text)), .required("room", .nullable(.text)), .required("message", .text),
            .required("extra", .anything), .required("address", .text),
        ])
        return Route(
            method: .get, path: "/admin/audit", access: .admin, summary: "Rows of the audit log, the newest first.",
            query: [
                .optional("type", .text(bytes: 1...64)), .optional("person", .id), .optional("room", .id),
                .optional("from", .time), .optional("to", .time), .optional("before", .integer(1...Int64.max)),
                .optional("limit", .integer(1...Int64(Self.rowsMax))),
            ],
            output: .json(status: 200, .listed("rows", row, max: Self.rowsMax))
        ) { call in
            var filter = AuditFilter()
            filter.type = call.query["type"]?.text
            filter.person = call.query["person"]?.text
            filter.room = call.query["room"]?.text
            filter.from = call.query["from"]?.integer
            filter.to = call.query["to"]?.integer
            filter.before = call.query["before"]?.integer
            filter.limit = Int(call.query["limit"]?.integer ?? 100)
            let chosen = filter
            let records = try await core.store.read { try $0.audit(chosen) }
            return .json(["rows": JSON(records) { .row($0) }])
        }
    }

    private var verify: Route {
        Route(
            method: .post, path: "/admin/audit/verify", access: .admin,
            summary: "Checks the whole audit log against its chain and the head that is kept outside of it.",
            output: .json(
                status: 200,
                .object([
                    .required("ok", .flag), .required("rows", .count), .required("head", .text),
                    .optional("problem", .text),
                ])), budget: .verification
        ) { call in
            let principal = try call.person()
            let report = try await keeper.verify()
            let surroundings = core.surroundings
            try await core.store.write { connection in
                try connection.audit(
                    AuditEvent(
                        type: .auditVerified, outcome: report.problem == nil ? .success : .failure,
                        requester: principal.personID, owner: principal.personID,
                        message: report.problem == nil ? "the audit log was verified" : "the audit log is damaged",
                        extra: ["rows": .integer(Int64(report.rows))], address: principal.address), surroundings)
            }
            var answer: [String: JSON] = [
                "ok": .flag(report.problem == nil), "rows": JSON(report.rows),
                "head": .text(report.head.chain.map { String(Int($0) | 0x100, radix: 16).dropFirst() }.joined()),
            ]
            answer["problem"] = report.problem.map { .text("\($0)") }
            return .json(.object(answer))
        }
    }

    private var checkpoint: Route {
        Route(
            method: .post, path: "/admin/audit/checkpoint", access: .admin,
            summary: "A signed line that says where the audit log stands, to be kept where nobody can write who can "
                + "write here: `tern audit verify --checkpoint` holds the log against it.",
            output: .json(status: 200, .object([.required("checkpoint", .text), .required("sequence", .count)])),
            budget: .verification
        ) { call in
            _ = try call.person()
            let checkpoint = try await keeper.checkpoint()
            return .json([
                "checkpoint": .text(checkpoint.line), "sequence": .integer(checkpoint.head.sequence),
            ])
        }
    }

    private var outbox: Route {
        let message = Schema.object([
            .required("id", .id), .required("at", .time), .required("kind", .choice(["mail", "text"])),
            .required("to", .text), .required("subject", .text), .required("body", .text),
            .required("state", .text),
        ])
        return Route(
            method: .get, path: "/admin/outbox", access: .admin,
            summary: "Messages to people, where they are not sent but kept here.",
            output: .json(status: 200, .listed("messages", message, max: MailService.listMax)), refusals: [404]
        ) { call in
            _ = try call.person()
            let found = try await mail.messages()
            return .json([
                "messages": JSON(found) { listed in
                    [
                        "id": .text(listed.message.id), "at": .integer(listed.message.at),
                        "kind": .text(listed.message.kind.rawValue), "to": .text(listed.message.to),
                        "subject": .text(listed.message.subject), "body": .text(listed.message.body),
                        "state": .text(listed.state),
                    ]
                }
            ])
        }
    }
}

extension JSON {
    fileprivate static func row(_ record: AuditRecord) -> JSON {
        [
            "sequence": .integer(record.sequence), "at": .integer(record.at), "type": .text(record.type),
            "outcome": .text(record.outcome), "requester": JSON(record.requester), "owner": JSON(record.owner),
            "room": JSON(record.roomID), "message": .text(record.message),
            "extra": (try? JSONParser.parse(record.extra.utf8)) ?? [:], "address": .text(record.address),
        ]
    }
}
