import Companion
import Signaling
import Store
import Testing

@Suite("Rooms", .timeLimit(.minutes(1)))
struct RoomTests {
    @Test("two people have one direct room, whoever asks for it and however often at once")
    func directRoom() async throws {
        let test = try TestHub()
        let ada = try await test.person("ada")
        let bob = try await test.person("bob")
        let rooms = RoomService(core: test.core, announcer: test.hub)
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let (one, two) = number.isMultiple(of: 2) ? (ada, "bob") : (bob, "ada")
                    return try await rooms.create(one, title: nil, members: [two]).id
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        let room = try #require(try await rooms.list(ada).first)
        #expect(room.title == nil && Set(room.members.map(\.name)) == ["ada", "bob"])
        _ = try await test.person("cy")
        await #expect(throws: ServiceFailure.self) { try await rooms.addMember("cy", to: room.id, by: ada) }
        await #expect(throws: ServiceFailure.self) { try await rooms.removeMember("bob", from: room.id, by: ada) }
    }

    @Test("members of a room with a title come and go, and hear of it")
    func members() async throws {
        let test = try TestHub()
        let ada = try await test.person("ada")
        let bob = try await test.page(test.person("bob"))
        let cy = try await test.page(test.person("cy"))
        let rooms = RoomService(core: test.core, announcer: test.hub)
        let room = try await rooms.create(ada, title: "  Ward\u{202E} 5 \n", members: ["bob", "bob", "ada"])
        #expect(room.title == "Ward 5" && room.members.map(\.id) == ["ada", "bob"])
        #expect(try await bob.next("room.changed")["room"] as? String == room.id)
        await #expect(throws: ServiceFailure.notFound) { try await rooms.room(room.id, for: cy.handle.principal) }

        try await rooms.addMember("cy", to: room.id, by: bob.handle.principal)
        #expect(try await cy.next("room.changed")["room"] as? String == room.id)
        #expect(try await rooms.room(room.id, for: cy.handle.principal).members.count == 3)
        await #expect(throws: ServiceFailure.forbidden) {
            try await rooms.removeMember("bob", from: room.id, by: cy.handle.principal)
        }
        try await rooms.removeMember("cy", from: room.id, by: ada)
        await #expect(throws: ServiceFailure.notFound) { try await rooms.room(room.id, for: cy.handle.principal) }
        try await rooms.removeMember("bob", from: room.id, by: bob.handle.principal)
        #expect(try await rooms.list(bob.handle.principal).isEmpty)
        let types = try await test.auditTypes().filter { $0.hasPrefix("room.") }
        #expect(
            types == ["room.created", "room.member.added", "room.member.removed", "room.member.removed"])
    }

    @Test("when the owner leaves, who has been there for longest looks after the room")
    func ownerLeaves() async throws {
        let test = try TestHub()
        let ada = try await test.person("ada")
        let people = [try await test.person("bob"), try await test.person("cy")]
        let rooms = RoomService(core: test.core, announcer: test.hub)
        let room = try await rooms.create(ada, title: "Ward", members: ["bob"])
        #expect(room.owner == "ada")
        test.companion.surroundings.advance(seconds: 1)
        try await rooms.addMember("cy", to: room.id, by: people[0])
        try await rooms.removeMember("ada", from: room.id, by: ada)
        #expect(try await rooms.room(room.id, for: people[1]).owner == "bob")
        await #expect(throws: ServiceFailure.forbidden) {
            try await rooms.removeMember("bob", from: room.id, by: people[1])
        }
        await #expect(throws: ServiceFailure.notFound) {
            try await rooms.removeMember("cy", from: room.id, by: ada)
        }
        try await rooms.removeMember("cy", from: room.id, by: people[0])
        // Who comes back to the room that was made by the same person looks after it again.
        try await rooms.addMember("ada", to: room.id, by: people[0])
        #expect(try await rooms.room(room.id, for: people[0]).owner == "ada")
    }

    @Test("rooms of nobody, of too many or of the disabled are not made")
    func refused() async throws {
        var settings = CompanionSettings()
        settings.signaling.membersPerRoom = 3
        settings.signaling.roomsPerPerson = 2
        let test = try TestHub(settings: settings)
        let ada = try await test.person("ada")
        for person in ["bob", "cy", "dan"] { _ = try await test.person(person) }
        _ = try await test.person("eve", state: .disabled)
        let rooms = RoomService(core: test.core, announcer: test.hub)
        for members in [[], ["ada"], ["nobody"], ["eve"], ["bob", "cy", "dan"]] {
            await #expect(throws: ServiceFailure.self) {
                try await rooms.create(ada, title: "x", members: members)
            }
        }
        let long = String(repeating: "x", count: 300)
        await #expect(throws: ServiceFailure.self) { try await rooms.create(ada, title: long, members: ["bob"]) }
        // Without a title a room of three is no direct room.
        #expect(try await rooms.create(ada, title: nil, members: ["bob", "cy"]).title == "")
        _ = try await rooms.create(ada, title: nil, members: ["bob"])
        await #expect(throws: ServiceFailure.self) { try await rooms.create(ada, title: "x", members: ["dan"]) }
    }

    @Test("with contacts that share a room, strangers can neither be seen nor called")
    func contacts() async throws {
        var settings = CompanionSettings()
        settings.signaling.contactsShareRoom = true
        let test = try TestHub(settings: settings)
        let ada = try await test.page(test.person("ada"))
        let bob = try await test.page(test.person("bob"))
        #expect(try await ada.refusal(["type": "call.request", "id": "1", "to": "bob"]) == "person_not_found")
        #expect(!ada.seen.contains("presence"))
        _ = try await RoomService(core: test.core, announcer: test.hub)
            .create(bob.handle.principal, title: "Ward", members: ["ada"])
        _ = try await ada.next("room.changed")
        try await ada.send(["type": "call.request", "id": "2", "to": "bob"])
        _ = try await bob.next("call.ringing")
    }
}
