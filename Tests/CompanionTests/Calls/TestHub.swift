import Companion
import Foundation
import Signaling
import Store
import Synchronization
import Testing
import Vault

/// A hub with people of one test.
final class TestHub: Sendable {
    let companion: TestCompanion
    let core: CompanionCore
    let store: FaultyStore
    let hub: SignalingHub

    init(settings: CompanionSettings = CompanionSettings()) throws {
        companion = try TestCompanion(settings: settings)
        store = FaultyStore(companion.store)
        var core = companion.core
        core.store = store
        self.core = core
        hub = SignalingHub(core: core, issuer: TestIssuer(surroundings: companion.surroundings))
    }

    /// Adds an active person whose name is the id.
    func person(_ id: String, state: PersonState = .active, role: PersonRole = .user) async throws -> Principal {
        let record = PersonRecord(
            id: id, emailSealed: [1], emailIndex: Array(id.utf8),
            nameSealed: core.vault.seal(id, context: SealContext(table: "people", column: "name", row: id)),
            state: state, role: role, createdAt: core.now)
        try await companion.store.write { try $0.insert(record) }
        return Principal(personID: id, sessionID: "session-\(id)", role: role, address: "192.0.2.1")
    }

    func page(_ principal: Principal) async throws -> TestPage {
        let page = TestPage(hub: hub, handle: try await hub.attach(principal))
        page.welcome = try await page.next("welcome")
        return page
    }

    /// The audit log: types, in order.
    func auditTypes() async throws -> [String] {
        await hub.settle()
        return try await companion.store.read { connection in
            try connection.rows("SELECT type, outcome FROM audit ORDER BY sequence", []).map {
                try $0.text("outcome") == "success" ? try $0.text("type") : try $0.text("type") + "!"
            }
        }
    }

    /// Everything that the log says, in one text.
    func auditText() async throws -> String {
        await hub.settle()
        return try await companion.store.read { connection in
            try connection.rows("SELECT message, extra FROM audit ORDER BY sequence", []).map {
                "\(try $0.text("message")) \(try $0.text("extra"))"
            }.joined(separator: "\n")
        }
    }
}

/// A page of one test, used by one task.
final class TestPage {
    let hub: SignalingHub
    let handle: SocketHandle
    var welcome: [String: Any] = [:]
    private var frames: SocketOutbox.Iterator
    private(set) var lastSequence = 0
    /// Types of all messages, in order.
    private(set) var seen: [String] = []
    private(set) var closeCode: UInt16?

    init(hub: SignalingHub, handle: SocketHandle) {
        self.hub = hub
        self.handle = handle
        frames = handle.outbound.makeAsyncIterator()
    }

    var socket: String { welcome["session_id"] as? String ?? "" }
    var resumeID: String { welcome["resume_id"] as? String ?? "" }

    func send(_ fields: [String: Any]) async throws {
        let data = try JSONSerialization.data(withJSONObject: fields)
        await hub.receive(String(decoding: data, as: UTF8.self), from: handle)
    }

    /// The next message of this type; others before it are passed over.
    func next(_ type: String) async throws -> [String: Any] {
        while let frame = await frames.next() {
            switch frame {
            case .text(let text):
                let message = try #require(
                    try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
                let found = try #require(message["type"] as? String)
                seen.append(found)
                if let sequence = message["seq"] as? Int { lastSequence = sequence }
                if found == type { return message }
            case .close(let code, _): closeCode = code
            }
        }
        throw Ended(type: type, seen: seen, closeCode: closeCode)
    }

    /// Everything until the connection is closed.
    func untilClosed() async throws {
        _ = try? await next("nothing of this type")
    }

    /// A request that is refused, with its code.
    func refusal(_ fields: [String: Any]) async throws -> String {
        try await send(fields)
        return try #require(try await next("error")["code"] as? String)
    }

    /// Whether nothing but what was read has come: a ping is answered at once.
    func types(upTo id: String) async throws -> [String] {
        let start = seen.count
        try await send(["type": "ping", "id": id])
        _ = try await next("pong")
        return seen[start...].dropLast().filter { $0 != "presence" }
    }

    struct Ended: Error {
        let type: String
        let seen: [String]
        let closeCode: UInt16?
    }
}

/// Servers that are good for ten minutes.
struct TestIssuer: IceServerIssuer {
    let surroundings: TestSurroundings

    func issue(for principal: Principal, room: String, call: String) async throws -> IceServers {
        IceServers(
            id: "credential", ttlSeconds: 600, expiresAt: surroundings.now + 600_000,
            servers: [
                IceServers.Server(urls: ["stun:relay.example"]),
                IceServers.Server(urls: ["turn:relay.example"], username: principal.personID, credential: "secret"),
            ])
    }
}

/// A store that refuses to write while it is told to.
final class FaultyStore: Store {
    private let store: SQLiteStore
    private let failure = Mutex<StoreFailure?>(nil)

    init(_ store: SQLiteStore) { self.store = store }

    func fail(_ failure: StoreFailure?) { self.failure.withLock { $0 = failure } }

    func read<R: Sendable>(_ body: @escaping @Sendable (any StoreConnection) throws -> R) async throws -> R {
        try await store.read(body)
    }

    func write<R: Sendable>(_ body: @escaping @Sendable (any StoreConnection) throws -> R) async throws -> R {
        if let failure = failure.withLock({ $0 }) { throw failure }
        return try await store.write(body)
    }

    func close() async throws { try await store.close() }
}

/// A session description whose certificate has this number.
func sampleSDP(_ certificate: UInt8) -> String {
    let hash = (0..<32).map { String(format: "%02X", Int(certificate) ^ $0) }.joined(separator: ":")
    return [
        "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0",
        "a=ice-ufrag:yJ5t", "a=ice-pwd:aMsEYDdSNTYDqMkZSIyVYpBQ", "a=fingerprint:sha-256 \(hash)",
        "a=setup:actpass", "a=mid:0",
    ].map { $0 + "\r\n" }.joined()
}
