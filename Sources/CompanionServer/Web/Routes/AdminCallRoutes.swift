import Companion
import HTTPTypes
import Store

/// The calls, for administrators.
struct AdminCallRoutes {
    let core: CompanionCore
    let accounts: AccountService
    let hub: SignalingHub

    private static let listMax = 200

    var routes: [Route] { [list] }

    private var list: Route {
        let call = Schema.object([
            .required("id", .id), .required("room", .id), .required("requester", .contact),
            .required("callee", .contact), .required("state", .text), .required("requested_at", .time),
            .required("accepted_at", .nullable(.time)), .required("connected_at", .nullable(.time)),
            .required("ended_at", .nullable(.time)), .required("end_reason", .nullable(.text)),
            .required("path", .nullable(.text)),
        ])
        return Route(
            method: .get, path: "/admin/calls", access: .admin, summary: "The calls, the newest first.",
            query: Route.paging(max: Self.listMax),
            output: .json(status: 200, .paged("calls", call, max: Self.listMax))
        ) { request in
            let (limit, cursor) = (request.limit(max: Self.listMax), try request.cursor())
            let found = try await core.store.read { try $0.calls(limit: limit + 1, after: cursor) }
            let calls = Array(found.prefix(limit))
            let next = found.count > limit ? calls.last.map { PageCursor(key: $0.requestedAt, id: $0.id) } : nil
            let ids = Set(calls.flatMap { [$0.requester, $0.callee] })
            var names: [String: String] = [:]
            // As many people as two for each call; the service takes a page at a time.
            var rest = Array(ids)[...]
            while !rest.isEmpty {
                for contact in try await accounts.contacts(ids: Array(rest.prefix(AccountService.listMax))) {
                    names[contact.id] = contact.name
                }
                rest = rest.dropFirst(AccountService.listMax)
            }
            let online = await hub.online(Array(ids))
            return .json(
                .paged("calls", Page(calls, next: next)) { call in
                    [
                        "id": .text(call.id), "room": .text(call.roomID),
                        "requester": .contact(id: call.requester, name: names[call.requester] ?? "", online: online),
                        "callee": .contact(id: call.callee, name: names[call.callee] ?? "", online: online),
                        "state": .text(call.state), "requested_at": .integer(call.requestedAt),
                        "accepted_at": JSON(call.acceptedAt), "connected_at": JSON(call.connectedAt),
                        "ended_at": JSON(call.endedAt), "end_reason": JSON(call.endReason),
                        "path": JSON(call.pathRequester ?? call.pathCallee),
                    ]
                })
        }
    }
}
