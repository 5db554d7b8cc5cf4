import Foundation
import Signaling
import Store
import Synchronization
import Testing
import Vault

@testable import Companion

@Suite("Rotation of the master key", .timeLimit(.minutes(1)))
struct KeyRotationTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "rotation-\(UUID().uuidString)")

    /// A companion's core whose keys are in a file, and the same with one key more.
    private func cores(_ test: TestHub) throws -> (CompanionCore, rotated: () throws -> CompanionCore) {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: "master.key").path
        var core = test.core
        core.vault = Vault(keys: try VaultKeys.open(path: path, mayMake: true))
        return (
            core,
            {
                var next = core
                next.vault = Vault(keys: try VaultKeys.rotate(path: path))
                return next
            }
        )
    }

    /// Something in every sealed column.
    private func fill(_ core: CompanionCore, people: Int) async throws {
        let hub = SignalingHub(core: core, issuer: NoServers())
        let mail = MailService(core: core, mail: OutboxTransport())
        let rooms = RoomService(core: core, announcer: hub)
        for number in 0..<people {
            let id = "person\(number)"
            var record = PersonRecord(
                id: id, emailSealed: core.vault.seal("\(id)@example.org", context: CompanionCore.people("email", id)),
                emailIndex: Array(id.utf8),
                nameSealed: core.vault.seal("Name \(id)", context: CompanionCore.people("name", id)), state: .active,
                role: .user, createdAt: core.now)
            record.phoneSealed = core.vault.seal("+49 1", context: CompanionCore.people("phone", id))
            record.totpSealed = core.vault.seal([1, 2, 3], context: CompanionCore.people("totp", id))
            let session = SessionRecord(
                id: "session\(number)", tokenHash: Array(id.utf8), personID: id, csrfHash: [1], createdAt: core.now,
                seenAt: core.now, expiresAt: core.now + 1_000_000, address: "192.0.2.1",
                agentSealed: core.vault.seal("Agent", context: SessionService.agent("session\(number)")))
            let person = record
            try await core.store.write { connection in
                try connection.insert(person)
                try connection.insert(session)
                try mail.enqueue(
                    .mail, to: "\(id)@example.org", MessageText(subject: "Subject", body: "Body"), connection)
            }
        }
        for number in 1..<people {
            let principal = Principal(
                personID: "person\(number)", sessionID: "", role: .user, address: "192.0.2.1")
            let room = try await rooms.create(principal, title: "Ward \(number)", members: ["person0"])
            try await core.store.write { connection in
                let record = try #require(try connection.room(id: room.id))
                _ = try core.post(
                    "planted text \(number)", clientID: "client\(number)", by: principal.personID, in: record,
                    on: connection)
            }
            let documents = DocumentService(
                core: core, folder: folder.appending(path: "documents").path, announcer: hub)
            try await documents.start()
            _ = try await documents.share(
                principal, room: room.id, name: "name.txt", expectedBytes: 4,
                content: AsyncStream<[UInt8]> { stream in
                    stream.yield([1, 2, 3, 4])
                    stream.finish()
                })
        }
    }

    /// Everything opens with these keys.
    private func check(_ core: CompanionCore, people: Int) async throws {
        let hub = SignalingHub(core: core, issuer: NoServers())
        let person0 = Principal(personID: "person0", sessionID: "", role: .admin, address: "")
        let mail = MailService(core: core, mail: OutboxTransport())
        let accounts = AccountService(core: core, mail: mail, events: SessionEvents())
        let listed = try await accounts.people(by: person0)
        #expect(Set(listed.map(\.person.email)) == Set((0..<people).map { "person\($0)@example.org" }))
        let rooms = try await RoomService(core: core, announcer: hub).list(person0)
        #expect(rooms.count == people - 1 && rooms.allSatisfy { $0.title?.hasPrefix("Ward") ?? false })
        let documents = DocumentService(
            core: core, folder: folder.appending(path: "documents").path, announcer: hub)
        for room in rooms {
            let messages = try await MessageService(core: core).history(
                room.id, for: person0, before: nil, limit: 10)
            #expect(messages.map { $0.body.prefix(7) } == ["planted"])
            let document = try #require(try await documents.list(room.id, for: person0).first)
            #expect(document.name == "name.txt")
            var bytes: [UInt8] = []
            for try await piece in try await documents.open(document.id, in: room.id, for: person0).content {
                bytes += piece
            }
            #expect(bytes == [1, 2, 3, 4])
        }
        #expect(try await mail.messages().count == people)
        try await CompanionCore.checkKey(of: core.vault, on: core.store)
    }

    @Test("everything is sealed anew, under the new key alone, and opens; the audit log tells of it")
    func rewraps() async throws {
        let test = try TestHub()
        let (core, rotated) = try cores(test)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await CompanionCore.checkKey(of: core.vault, on: core.store)
        try await fill(core, people: 4)
        let next = try rotated()
        let rotation = KeyRotation(core: next)
        #expect(try await rotation.left(limit: 1000) == 4 * 5 + 4 * 3 + 3 * 2 + 3 * 2)
        #expect(try await rotation.rewrap(batchMax: 3) == 4 * 5 + 4 * 3 + 3 * 2 + 3 * 2)
        #expect(try await rotation.left() == 0)
        try await check(next, people: 4)
        // Nothing of it opens with the first key alone.
        await #expect(throws: (any Error).self) { try await check(core, people: 4) }
        #expect(try await test.companion.rows().contains { $0.type == "key.rotated" })
        #expect(try await rotation.rewrap() == 0)
    }

    @Test("an interrupted rotation leaves everything readable, and goes on where it ended")
    func interrupted() async throws {
        let test = try TestHub()
        let (core, rotated) = try cores(test)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await fill(core, people: 3)
        let store = FailingStore(core.store)
        var next = try rotated()
        next.store = store
        let all = try await KeyRotation(core: next).left(limit: 1000)
        var left = all
        for round in 0..<5 {
            // The transaction behind these fails, as if the process had been killed before it.
            store.allow(2 + 2 * round)
            await #expect(throws: StoreFailure.closed) { try await KeyRotation(core: next).rewrap(batchMax: 2) }
            store.allow(.max)
            let now = try await KeyRotation(core: next).left(limit: 1000)
            #expect(now < left)
            left = now
            try await check(next, people: 3)
        }
        #expect(try await KeyRotation(core: next).rewrap() == left && left > 0)
        try await check(next, people: 3)
    }
}

/// A store that refuses every write behind so many.
private final class FailingStore: Store {
    private let store: any Store
    private let allowed = Mutex(Int.max)

    init(_ store: any Store) { self.store = store }

    func allow(_ writes: Int) { allowed.withLock { $0 = writes } }

    func read<R: Sendable>(_ body: @escaping @Sendable (any StoreConnection) throws -> R) async throws -> R {
        try await store.read(body)
    }

    func write<R: Sendable>(_ body: @escaping @Sendable (any StoreConnection) throws -> R) async throws -> R {
        let isAllowed = allowed.withLock { left in
            left -= 1
            return left >= 0
        }
        guard isAllowed else { throw StoreFailure.closed }
        return try await store.write(body)
    }

    func close() async throws { try await store.close() }
}

private struct NoServers: IceServerIssuer {
    func issue(for principal: Principal, room: String, call: String) async throws -> IceServers {
        throw ServiceFailure.notFound
    }
}
