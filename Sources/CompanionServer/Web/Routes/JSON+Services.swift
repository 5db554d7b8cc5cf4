import Companion
import Store

/// What services know, as the API tells it.
extension JSON {
    /// `{"name": [...], "next": cursor or null}`.
    static func paged<Element>(_ name: String, _ page: Page<Element>, _ element: (Element) -> JSON) -> JSON {
        [name: JSON(page.elements, element), "next": JSON(page.next?.text)]
    }

    static func person(_ person: Person) -> JSON { .object(members(person)) }

    private static func members(_ person: Person) -> [String: JSON] {
        [
            "id": .text(person.id), "name": .text(person.name), "email": .text(person.email),
            "role": .text(person.role.rawValue), "state": .text(person.state.rawValue), "totp": .flag(person.totp),
            "created_at": .integer(person.createdAt),
        ]
    }

    static func overview(_ overview: PersonOverview) -> JSON {
        var all = members(overview.person)
        all["sessions"] = JSON(overview.sessions)
        all["last_seen_at"] = JSON(overview.lastSeenAt)
        return .object(all)
    }

    static func contact(id: String, name: String, online: Set<String>) -> JSON {
        ["id": .text(id), "name": .text(name), "online": .flag(online.contains(id))]
    }

    static func room(_ room: Room, online: Set<String>) -> JSON {
        [
            "id": .text(room.id), "title": JSON(room.title), "owner": .text(room.owner),
            "members": JSON(room.members) { contact(id: $0.id, name: $0.name, online: online) },
            "created_at": .integer(room.createdAt), "last_message_at": JSON(room.lastMessageAt),
        ]
    }

    static func message(_ message: RoomMessage) -> JSON {
        [
            "id": .text(message.id), "room": .text(message.room), "sender": .text(message.sender),
            "body": .text(message.body), "sent_at": .integer(message.sentAt), "client_id": .text(message.clientID),
            "position": .integer(message.position),
        ]
    }

    static func signedIn(_ grant: SessionGrant) -> JSON {
        ["status": "signed_in", "csrf": .text(grant.csrf), "person": .person(grant.person)]
    }
}
