import Credentials
import Foundation
import Integrity
import Signaling
import Store
import Synchronization
import Testing

@testable import Companion

/// A person in a room, and a relay.
private struct RelayWorld {
    let world: AccountsWorld
    let relay = FakeRelay()
    let access: RelayAccessService
    let person: Principal
    let grant: SessionGrant
    let room: String

    static let email = "anna@example.org"

    init() async throws {
        var settings = CompanionSettings()
        settings.relayAccess.stunURIs = ["stun:relay.example.org:3478"]
        settings.relayAccess.turnURIs = ["turn:relay.example.org:3478?transport=udp"]
        world = try AccountsWorld(settings: settings)
        try await world.makePerson(Self.email)
        grant = try await world.grant(Self.email)
        person = try await world.principal(grant)
        let core = world.companion.core
        let id = Identifier.make(core.surroundings)
        let owner = person.personID
        try await core.store.write { connection in
            try connection.execute(
                "INSERT INTO rooms (id, title_sealed, created_by, created_at, key_wrapped) VALUES (?, NULL, ?, 0, ?)",
                [.text(id), .text(owner), .bytes([])])
            _ = try connection.addMember(owner, to: id, at: 0)
        }
        room = id
        access = try Self.access(world, relay)
        access.follow(world.events)
    }

    static func access(_ world: AccountsWorld, _ relay: FakeRelay) throws -> RelayAccessService {
        RelayAccessService(
            core: world.companion.core, relay: relay,
            secrets: try RelaySecrets(
                folder: world.companion.folder.path, surroundings: world.companion.core.surroundings))
    }

    func username(_ servers: IceServers) throws -> String { try #require(servers.servers.last?.username) }

    /// The first line of a secret's file, as the relay reads it.
    static func secret(_ path: String) throws -> SharedSecret {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return SharedSecret(text: String(text.prefix { $0 != "\n" }), label: "file")
    }

    static func password(_ username: String, _ secret: SharedSecret) -> String {
        var authenticator = MessageAuthenticator()
        return TimeLimitedCredential.password(for: username, secret: secret, using: &authenticator)
    }

    func usage(_ sequence: Int64, _ event: String, _ username: String, ended: Int64? = nil) -> RelayUsage.Entry {
        RelayUsage.Entry(
            sequence: sequence, event: event, allocation: "1-1-1", username: username, id: nil, transport: "tls",
            client: "192.0.2.10:5000", bytesUp: 10, bytesDown: 20, startedAt: TestSurroundings.start, endedAt: ended,
            reason: ended.map { _ in "expired" })
    }
}

@Suite("Credentials of the relay")
struct RelayAccessTests {
    @Test("a credential is what the relay computes from the secret's file, ends by itself and names nobody")
    func issue() async throws {
        let world = try await RelayWorld()
        let servers = try await world.access.issue(for: world.person, room: world.room, call: "call")
        #expect(
            servers.servers.map(\.urls) == [
                ["stun:relay.example.org:3478"], ["turn:relay.example.org:3478?transport=udp"],
            ])
        let username = try world.username(servers)
        let name = try #require(TimeLimitedCredential.parse(username: username))
        #expect(name.id == servers.id && name.expiresAtUnixSeconds == world.world.clock.now / 1000 + 600)
        #expect(servers.ttlSeconds == 600 && servers.expiresAt == name.expiresAtUnixSeconds * 1000)
        let secret = try RelayWorld.secret(world.access.secrets.currentPath)
        #expect(servers.servers.last?.credential == RelayWorld.password(username, secret))
        // Another time or another id, and the password is another.
        let altered = "\(name.expiresAtUnixSeconds + 1):\(servers.id)"
        #expect(servers.servers.last?.credential != RelayWorld.password(altered, secret))
        let row = try await world.world.companion.rows().last { $0.type == "turn.credential.issued" }
        #expect(row?.roomID == world.room && row?.owner == world.person.personID)
        #expect(try await !"\(world.world.companion.rows())".contains(secretText(secret)))
    }

    private func secretText(_ secret: SharedSecret) -> String { String(decoding: secret.bytes, as: UTF8.self) }

    @Test("rooms of others, ended sessions and too many requests get nothing")
    func refusals() async throws {
        let world = try await RelayWorld()
        #expect(await failure { try await world.access.issue(for: world.person, room: "other") } == .notFound)
        for _ in 0..<60 { _ = try await world.access.issue(for: world.person, room: world.room) }
        #expect(await failure { try await world.access.issue(for: world.person, room: world.room) }?.status == 429)
        world.world.clock.advance(seconds: 601)
        _ = try await world.access.issue(for: world.person, room: world.room)
        try await world.world.sessions.end(world.person.sessionID, by: world.person)
        #expect(await failure { try await world.access.issue(for: world.person, room: world.room) } == .notSignedIn)
    }

    @Test("administrators issue for up to a day, with a reason, which is sealed; others do not")
    func byAdministrator() async throws {
        let world = try await RelayWorld()
        let admin = try await world.world.administrator()
        func issue(_ reason: String, _ ttl: Int, by principal: Principal?) async throws -> IceServers {
            try await world.access.issueByAdministrator(
                reason: reason, ttlSeconds: ttl, room: world.room, person: world.person.personID, by: principal)
        }
        #expect(try await issue("Ward 7, until Friday", 86_400, by: admin).ttlSeconds == 86_400)
        #expect(try await issue("command line", 30, by: nil).ttlSeconds == 30)
        for ttl in [0, -1, 29, 86_401, .max] {
            #expect(await failure { try await issue("x", ttl, by: admin) }?.code == "invalid")
        }
        #expect(await failure { try await issue("  ", 600, by: admin) }?.code == "invalid")
        #expect(await failure { try await issue("x", 600, by: world.person) } == .forbidden)
        world.world.clock.advance(seconds: 1)
        let last = try await issue("last", 600, by: admin)
        let listed = try await world.access.list(by: admin)
        #expect(listed.count == 3 && listed[0].id == last.id && listed[0].reason == "last")
        #expect(listed.contains { $0.reason == "Ward 7, until Friday" && $0.issuedBy == admin.personID })
        #expect(await failure { try await world.access.list(by: world.person) } == .forbidden)
        let files = try FileManager.default.contentsOfDirectory(
            at: world.world.companion.folder, includingPropertiesForKeys: nil)
        let raw = try files.map { try Data(contentsOf: $0) }.reduce(Data(), +)
        #expect(raw.range(of: Data("Ward 7".utf8)) == nil)
    }

    @Test("revoking tells the relay, and is written down once")
    func revoke() async throws {
        let world = try await RelayWorld()
        let admin = try await world.world.administrator()
        let servers = try await world.access.issue(for: world.person, room: world.room)
        #expect(await failure { try await world.access.revoke(servers.id, by: world.person) } == .forbidden)
        #expect(await failure { try await world.access.revoke("nothing", by: admin) } == .notFound)
        try await world.access.revoke(servers.id, by: admin)
        try await world.access.revoke(servers.id, by: admin)
        #expect(world.relay.revoked == [servers.id, servers.id])
        let listed = try await world.access.list(by: admin)
        let credential = try #require(listed.first { $0.id == servers.id })
        let twoDaysLater = credential.expiresAt / 1_000 + 48 * 3_600
        #expect(world.relay.state.withLock(\.forgottenAfter) == [twoDaysLater, twoDaysLater])
        let rows = try await world.world.companion.rows().filter { $0.type == "turn.credential.revoked" }
        #expect(rows.count == 1 && rows[0].roomID == world.room && rows[0].requester == admin.personID)
    }

    @Test("disabling a person revokes what can still open allocations, and what has one although it is over")
    func disabled() async throws {
        let world = try await RelayWorld()
        let admin = try await world.world.administrator()
        let over = try await world.access.issue(for: world.person, room: world.room)
        let running = try await world.access.issue(for: world.person, room: world.room)
        let session = RelaySessions.Session(id: "1-1-1", username: try world.username(running))
        world.relay.change { $0.sessions = [session] }
        world.world.clock.advance(seconds: 1200)
        let valid = try await world.access.issue(for: world.person, room: world.room)
        _ = try await world.world.accounts.change(
            world.person.personID, PersonChange(state: .disabled), by: admin)
        #expect(Set(world.relay.revoked) == [running.id, valid.id])
        #expect(!world.relay.revoked.contains(over.id))
        #expect(await failure { try await world.access.issue(for: world.person, room: world.room) } == .notSignedIn)
    }

    @Test("signing out of one of two sessions leaves the credentials, signing out of the last revokes them")
    func signedOut() async throws {
        let world = try await RelayWorld()
        let servers = try await world.access.issue(for: world.person, room: world.room)
        let other = try await world.world.principal(world.world.grant(RelayWorld.email))
        try await world.world.sessions.end(other.sessionID, by: other)
        #expect(world.relay.revoked == [])
        try await world.world.sessions.end(world.person.sessionID, by: world.person)
        #expect(world.relay.revoked == [servers.id])
    }

    @Test("a revocation that the relay did not hear is repeated, and so is every one after it was started anew")
    func repeated() async throws {
        let world = try await RelayWorld()
        let admin = try await world.world.administrator()
        let servers = try await world.access.issue(for: world.person, room: world.room)
        await world.access.poll()
        world.relay.change { $0.isReachable = false }
        try await world.access.revoke(servers.id, by: admin)
        await world.access.poll()
        #expect(world.relay.revoked == [])
        world.relay.change { $0.isReachable = true }
        await world.access.poll()
        await world.access.poll()
        #expect(world.relay.revoked == [servers.id])
        world.relay.change { $0.epoch = "second" }
        await world.access.poll()
        #expect(world.relay.revoked == [servers.id, servers.id])
        world.world.clock.advance(seconds: 601)
        world.relay.change { $0.epoch = "third" }
        await world.access.poll()
        #expect(world.relay.revoked.count == 2)
    }

    @Test("what the relay did is kept once and joined to room and person, also after a restart of either")
    func usage() async throws {
        let world = try await RelayWorld()
        let username = try world.username(
            try await world.access.issue(for: world.person, room: world.room, call: "call"))
        let entries = [
            world.usage(1, "opened", username), world.usage(2, "opened", "1750000000:stranger"),
            world.usage(3, "ended", username, ended: TestSurroundings.start + 60_000),
        ]
        world.relay.change { $0.entries = entries }
        await world.access.poll()
        await world.access.poll()
        await (try RelayWorld.access(world.world, world.relay)).poll()
        let rows = try await world.world.companion.rows().filter { $0.type.hasPrefix("turn.allocation") }
        #expect(rows.map(\.type) == ["turn.allocation.opened", "turn.allocation.opened", "turn.allocation.ended"])
        #expect(rows.map(\.roomID) == [world.room, nil, world.room])
        #expect(rows[2].owner == world.person.personID)
        for part in [
            "\"bytes_up\":10", "\"bytes_down\":20", "\"milliseconds\":60000", "\"transport\":\"tls\"",
            "\"call\":\"call\"",
        ] {
            #expect(rows[2].extra.contains(part), "\(part) in \(rows[2].extra)")
        }
        world.relay.change { state in
            state.epoch = "second"
            state.entries = [world.usage(1, "opened", username)]
        }
        await world.access.poll()
        let after = try await world.world.companion.rows().filter { $0.type.hasPrefix("turn.allocation") }
        #expect(after.count == 4)
    }

    @Test("live allocations are shown with room and person, and ended by administrators")
    func allocations() async throws {
        let world = try await RelayWorld()
        let admin = try await world.world.administrator()
        let servers = try await world.access.issue(for: world.person, room: world.room)
        let session = RelaySessions.Session(id: "1-1-1", username: try world.username(servers))
        world.relay.change { $0.sessions = [session] }
        let shown = try #require(try await world.access.allocations(by: admin))
        #expect(shown.map(\.personID) == [world.person.personID] && shown[0].roomID == world.room)
        #expect(shown[0].bytesUp == 100 && shown[0].bytesDown == 200 && shown[0].seconds == 7)
        try await world.access.end(allocation: "1-1-1", by: admin)
        #expect(await failure { try await world.access.end(allocation: "1-1-1", by: admin) } == .notFound)
        #expect(await failure { try await world.access.end(allocation: "1-1-1", by: world.person) } == .forbidden)
        world.relay.change { $0.isReachable = false }
        #expect(try await world.access.allocations(by: admin) == nil)
        #expect(await failure { try await world.access.end(allocation: "1-1-1", by: admin) }?.status == 503)
    }
}

@Suite("Rotation of the relay's secret")
struct RelayRotationTests {
    private func secrets(_ access: RelayAccessService) throws -> [SharedSecret] {
        try [access.secrets.currentPath, access.secrets.previousPath].map(RelayWorld.secret)
    }

    @Test("the files are their owner's alone and are found again")
    func files() async throws {
        let world = try await RelayWorld()
        for path in [world.access.secrets.currentPath, world.access.secrets.previousPath] {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
        let before = try secrets(world.access)
        #expect(before[0].bytes != before[1].bytes && before[0].bytes.count == 64)
        #expect(try secrets(RelayWorld.access(world.world, world.relay)).map(\.bytes) == before.map(\.bytes))
    }

    @Test("the old secret stays valid as the previous one, and new credentials come from the new one")
    func rotate() async throws {
        let world = try await RelayWorld()
        let admin = try await world.world.administrator()
        let old = try secrets(world.access)
        #expect(await failure { try await world.access.rotateSecret(by: world.person) } == .forbidden)
        let since = try await world.access.rotateSecret(by: admin)
        #expect(since == world.world.clock.now)
        #expect(try await world.access.secretSince() == since)
        let new = try secrets(world.access)
        #expect(new[1].bytes == old[0].bytes && new[0].bytes != old[0].bytes)
        #expect(world.relay.state.withLock { $0.reloads } == 1)
        let servers = try await world.access.issue(for: world.person, room: world.room)
        #expect(
            servers.servers.last?.credential == RelayWorld.password(try world.username(servers), new[0]))
    }

    @Test("while the relay does not know the new secret credentials come from the old one, and nothing is lost")
    func unreachable() async throws {
        let world = try await RelayWorld()
        let admin = try await world.world.administrator()
        let old = try secrets(world.access)[0]
        world.relay.change { $0.isReachable = false }
        for _ in 0..<3 {
            #expect(await failure { try await world.access.rotateSecret(by: admin) }?.code == "relay_unreachable")
        }
        #expect(try secrets(world.access)[1].bytes == old.bytes)
        let servers = try await world.access.issue(for: world.person, room: world.room)
        #expect(servers.servers.last?.credential == RelayWorld.password(try world.username(servers), old))
        world.relay.change { $0.isReachable = true }
        await world.access.poll()
        let after = try await world.access.issue(for: world.person, room: world.room)
        let current = try secrets(world.access)[0]
        #expect(after.servers.last?.credential == RelayWorld.password(try world.username(after), current))
        await world.access.poll()
        #expect(world.relay.state.withLock { $0.reloads } == 1)
    }
}
