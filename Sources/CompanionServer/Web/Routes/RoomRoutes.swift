import Companion
import HTTPTypes
import Store

/// People, rooms and what was written in them.
struct RoomRoutes {
    let accounts: AccountService
    let rooms: RoomService
    let messages: MessageService
    let hub: SignalingHub

    var routes: [Route] { [people, list, create, room, addMember, removeMember, history] }

    private var people: Route {
        let max = AccountService.contactsMax
        return Route(
            method: .get, path: "/people", access: .signedIn, summary: "Everybody who can be called, by name.",
            query: Route.paging(max: max), output: .json(status: 200, .paged("people", .contact, max: max))
        ) { call in
            _ = try call.person()
            let found = try await accounts.contacts(limit: call.limit(max: max), after: call.cursor()?.id)
            let online = await hub.online(found.map(\.id))
            return .json(.paged("people", found) { .contact(id: $0.id, name: $0.name, online: online) })
        }
    }

    private var list: Route {
        let max = RoomService.listMax
        return Route(
            method: .get, path: "/rooms", access: .signedIn,
            summary: "The rooms that whoever asks is a member of, the one with the newest message first.",
            query: Route.paging(max: max), output: .json(status: 200, .paged("rooms", .room, max: max))
        ) { call in
            let found = try await rooms.list(
                try call.person(), limit: call.limit(max: max), after: try call.cursor())
            let online = await hub.online(found.flatMap { $0.members.map(\.id) })
            return .json(.paged("rooms", found) { .room($0, online: online) })
        }
    }

    private var create: Route {
        Route(
            method: .post, path: "/rooms", access: .signedIn,
            summary: "Makes a room; with one other and no title it is the room of the two, which may be there already.",
            input: .json(
                .object([
                    .optional("title", .nullable(.text(bytes: 0...400))), .required("members", .list(.id, max: 200)),
                ])), output: .json(status: 201, .room), refusals: [404, 409]
        ) { call in
            let members = call.body["members"]?.list?.compactMap(\.text) ?? []
            let title = call.body["title"]?.text.flatMap { $0.isEmpty ? nil : $0 }
            let made = try await rooms.create(try call.person(), title: title, members: members)
            return .json(await shown(made), status: 201)
        }
    }

    private var room: Route {
        Route(
            method: .get, path: "/rooms/{id}", access: .signedIn, summary: "One room, for its members.",
            output: .json(status: 200, .room)
        ) { call in
            .json(await shown(try await rooms.room(try call.parameter("id"), for: try call.person())))
        }
    }

    private func shown(_ room: Room) async -> JSON {
        .room(room, online: await hub.online(room.members.map(\.id)))
    }

    private var addMember: Route {
        Route(
            method: .post, path: "/rooms/{id}/members", access: .signedIn,
            summary: "Adds a member to a room; every member may.",
            input: .json(.object([.required("person", .id)])), output: .nothing(status: 204), refusals: [409]
        ) { call in
            try await rooms.addMember(
                try call.text("person"), to: try call.parameter("id"), by: try call.person())
            return .done
        }
    }

    private var removeMember: Route {
        Route(
            method: .delete, path: "/rooms/{id}/members/{person}", access: .signedIn,
            summary: "Removes a member from a room: oneself, or anybody by its owner.",
            output: .nothing(status: 204), refusals: [403, 409]
        ) { call in
            try await rooms.removeMember(
                try call.parameter("person"), from: try call.parameter("id"), by: try call.person())
            return .done
        }
    }

    private var history: Route {
        Route(
            method: .get, path: "/rooms/{id}/messages", access: .signedIn,
            summary: "Messages of a room, the newest last; older ones before a position.",
            query: [
                .optional("before", .integer(1...Int64.max)),
                .optional("limit", .integer(1...Int64(MessageService.pageMax))),
            ],
            output: .json(status: 200, .listed("messages", .message, max: MessageService.pageMax))
        ) { call in
            let found = try await messages.history(
                try call.parameter("id"), for: try call.person(), before: call.query["before"]?.integer,
                limit: Int(call.query["limit"]?.integer ?? 50))
            return .json(["messages": JSON(found) { .message($0) }])
        }
    }
}
