import Companion
import HTTPTypes
import Signaling
import Store

/// Credentials of the relay, and for administrators what the relay does.
struct RelayRoutes {
    let relayAccess: RelayAccessService

    var routes: [Route] { [issue, list, issueByAdmin, revoke, rotate, allocations, endAllocation, status] }

    private var issue: Route {
        Route(
            method: .post, path: "/relay-credentials", access: .signedIn,
            summary: "ICE servers with a credential for a room.",
            input: .json(.object([.required("room", .id)])), output: .json(status: 200, .iceServers),
            refusals: [404]
        ) { call in
            .json(.iceServers(try await relayAccess.issue(for: try call.person(), room: try call.text("room"))))
        }
    }

    private var list: Route {
        let credential = Schema.object([
            .required("id", .id), .required("person", .nullable(.id)), .required("room", .nullable(.id)),
            .required("reason", .text), .required("issued_by", .text), .required("issued_at", .time),
            .required("expires_at", .time), .required("revoked_at", .nullable(.time)),
        ])
        return Route(
            method: .get, path: "/admin/relay-credentials", access: .admin,
            summary: "The relay credentials, the one issued last first.",
            query: Route.paging(max: RelayAccessService.listMax),
            output: .json(status: 200, .paged("credentials", credential, max: RelayAccessService.listMax))
        ) { call in
            let found = try await relayAccess.list(
                limit: call.limit(max: RelayAccessService.listMax), after: try call.cursor(), by: try call.person())
            return .json(
                .paged("credentials", found) { credential in
                    [
                        "id": .text(credential.id), "person": JSON(credential.personID),
                        "room": JSON(credential.roomID), "reason": .text(credential.reason),
                        "issued_by": .text(credential.issuedBy), "issued_at": .integer(credential.issuedAt),
                        "expires_at": .integer(credential.expiresAt), "revoked_at": JSON(credential.revokedAt),
                    ]
                })
        }
    }

    private var issueByAdmin: Route {
        Route(
            method: .post, path: "/admin/relay-credentials", access: .admin,
            summary: "Issues a relay credential for a person, a room or anybody, with a reason.",
            input: .json(
                .object([
                    .required("reason", .text(bytes: 1...800)), .required("ttl_seconds", .integer(1...86_400)),
                    .optional("room", .nullable(.id)), .optional("person", .nullable(.id)),
                ])), output: .json(status: 201, .iceServers), refusals: [404]
        ) { call in
            let issued = try await relayAccess.issueByAdministrator(
                reason: try call.text("reason"), ttlSeconds: Int(call.body["ttl_seconds"]?.integer ?? 0),
                room: call.body["room"]?.text, person: call.body["person"]?.text, by: try call.person())
            return .json(.iceServers(issued), status: 201)
        }
    }

    private var revoke: Route {
        Route(
            method: .delete, path: "/admin/relay-credentials/{id}", access: .admin,
            summary: "Revokes a relay credential; what it opened ends at once.", output: .nothing(status: 204)
        ) { call in
            try await relayAccess.revoke(try call.parameter("id"), by: try call.person())
            return .done
        }
    }

    private var rotate: Route {
        Route(
            method: .post, path: "/admin/relay-secrets/rotate", access: .admin,
            summary: "Makes a new relay secret; the one before stays valid for what was issued with it.",
            output: .json(status: 200, .object([.required("current_since", .time)])), refusals: [409]
        ) { call in
            .json(["current_since": .integer(try await relayAccess.rotateSecret(by: try call.person()))])
        }
    }

    private var allocations: Route {
        let allocation = Schema.object([
            .required("id", .text), .required("person", .nullable(.id)), .required("room", .nullable(.id)),
            .required("transport", .text), .required("client", .text), .required("relayed", .list(.text, max: 16)),
            .required("bytes_up", .count), .required("bytes_down", .count), .required("seconds", .count),
        ])
        return Route(
            method: .get, path: "/admin/allocations", access: .admin, summary: "What the relay carries now.",
            output: .json(
                status: 200,
                .object([.required("reachable", .flag), .required("allocations", .list(allocation, max: 200))]))
        ) { call in
            let found = try await relayAccess.allocations(by: try call.person())
            return .json([
                "reachable": .flag(found != nil),
                "allocations": JSON(found ?? []) { allocation in
                    [
                        "id": .text(allocation.id), "person": JSON(allocation.personID),
                        "room": JSON(allocation.roomID), "transport": .text(allocation.transport),
                        "client": .text(allocation.client), "relayed": JSON(allocation.relayed) { .text($0) },
                        "bytes_up": .integer(allocation.bytesUp), "bytes_down": .integer(allocation.bytesDown),
                        "seconds": JSON(allocation.seconds),
                    ]
                },
            ])
        }
    }

    private var endAllocation: Route {
        Route(
            method: .post, path: "/admin/allocations/{id}/end", access: .admin,
            summary: "Ends an allocation; its credential stays valid.", output: .nothing(status: 204)
        ) { call in
            try await relayAccess.end(allocation: try call.parameter("id"), by: try call.person())
            return .done
        }
    }

    private var status: Route {
        Route(
            method: .get, path: "/admin/relay", access: .admin, summary: "How the relay is.",
            output: .json(
                status: 200, .object([.required("reachable", .flag), .required("status", .nullable(.anything))]))
        ) { call in
            let status = try await relayAccess.status(by: try call.person()).flatMap { try? JSONParser.parse($0) }
            return .json(["reachable": .flag(status != nil), "status": status ?? .null])
        }
    }
}

extension JSON {
    static func iceServers(_ servers: IceServers) -> JSON {
        [
            "id": .text(servers.id), "ttl": .integer(servers.ttlSeconds), "expires_at": .integer(servers.expiresAt),
            "iceServers": JSON(servers.servers) { server in
                var members: [String: JSON] = ["urls": JSON(server.urls) { .text($0) }]
                members["username"] = server.username.map(JSON.text)
                members["credential"] = server.credential.map(JSON.text)
                return .object(members)
            },
        ]
    }
}
