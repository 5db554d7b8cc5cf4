import Foundation
import Store
import Testing

@testable import Companion

@Suite("Outbox")
struct MailServiceTests {
    private func write(_ world: AccountsWorld, to address: String = "anna@example.org") async throws {
        try await world.companion.store.write { [mail = world.mail] connection in
            try mail.enqueue(.mail, to: address, MessageText(subject: "Hello", body: "text\n"), connection)
        }
    }

    @Test("a message that fails is tried again, each time after twice as long, and goes once")
    func retries() async throws {
        let world = try AccountsWorld()
        world.sent.fail(.temporary("a"), .temporary("b"), .temporary("c"))
        try await write(world)
        for delay: Int64 in [5, 10, 20] {
            try await world.mail.sendDue()
            world.clock.advance(seconds: delay - 1)
            #expect(try await world.mail.sendDue() == 0)
            world.clock.advance(seconds: 1)
        }
        #expect(try await world.messages().count == 1)
        #expect(try await world.messages().count == 1)
        let left = try await world.companion.store.read { try $0.outbox(limit: 10) }
        #expect(left.isEmpty)
    }

    @Test("a final refusal is not repeated, and too many tries end too")
    func givesUp() async throws {
        var settings = CompanionSettings()
        settings.mail.attemptsMax = 3
        let world = try AccountsWorld(settings: settings)
        try await write(world)
        world.sent.fail(.permanent("no such mailbox"))
        try await world.mail.sendDue()
        world.clock.advance(seconds: 3600)
        #expect(try await world.mail.sendDue() == 0)
        try await write(world)
        world.sent.fail(.temporary("a"), .temporary("b"), .temporary("c"))
        for _ in 0..<5 {
            try await world.mail.sendDue()
            world.clock.advance(seconds: 3600)
        }
        #expect(world.sent.messages.isEmpty)
        let failed = try await world.companion.store.read { try $0.outboxCount(.failed) }
        #expect(failed == 2)
        world.clock.advance(seconds: 24 * 3600)
        try await world.mail.sendDue()
        let left = try await world.companion.store.read { try $0.outbox(limit: 10) }
        #expect(left.isEmpty)
    }

    @Test("while nothing can be written a message goes once, and its row afterwards")
    func fullDisk() async throws {
        let world = try AccountsWorld()
        let store = FaultyStore(world.companion.store)
        var core = world.companion.core
        core.store = store
        let mail = MailService(core: core, mail: world.sent)
        try await write(world)
        store.fail(.full(path: "here"))
        for _ in 0..<5 {
            await #expect(throws: StoreFailure.self) { try await mail.sendDue() }
            world.clock.advance(seconds: 3600)
        }
        #expect(world.sent.messages.count == 1)
        store.fail(nil)
        try await mail.sendDue()
        #expect(world.sent.messages.count == 1)
        #expect(try await world.companion.store.read { try $0.outbox(limit: 10) }.isEmpty)
    }

    @Test("what waits is bounded: the operation that would send one more is refused and undone")
    func bounded() async throws {
        var settings = CompanionSettings()
        settings.mail.waitingMax = 2
        let world = try AccountsWorld(settings: settings)
        try await write(world)
        try await write(world)
        #expect(await failure { try await world.signUp("late@example.org") } == .busy)
        #expect(try await world.record("late@example.org") == nil)
    }

    @Test("an installation without a mail server shows its messages and keeps them for a day")
    func outbox() async throws {
        let world = try AccountsWorld()
        let transport = CollectingTransport(keepsMessages: true)
        let mail = MailService(core: world.companion.core, mail: transport)
        try await world.companion.store.write { connection in
            try mail.enqueue(.mail, to: "a@b.co", MessageText(subject: "Hello", body: "text"), connection)
        }
        try await mail.sendDue()
        #expect(transport.messages.map(\.to) == ["a@b.co"])
        let listed = try await mail.messages()
        #expect(listed.map(\.message.subject) == ["Hello"] && listed[0].state == "kept")
        world.clock.advance(seconds: 24 * 3600 + 1)
        try await mail.sendDue()
        #expect(try await mail.messages().isEmpty)
        #expect(await failure { try await world.mail.messages() } == .notFound)
    }

    @Test("the sender wakes up when something was written")
    func wakes() async throws {
        let world = try AccountsWorld()
        let task = Task { await world.mail.run() }
        try await world.signUp("anna@example.org")
        while world.sent.messages.isEmpty { await Task.yield() }
        task.cancel()
        await task.value
        #expect(world.sent.messages.map(\.to) == ["anna@example.org"])
    }
}

@Suite("Message format")
struct MessageFormatTests {
    private func message(subject: String, body: String) -> OutgoingMessage {
        OutgoingMessage(
            id: "id", at: 1_749_988_800_000, kind: .mail, to: "a@b.co", subject: subject, body: body)
    }

    @Test("a mail has its headers, and a body in Base64 whose lines are short")
    func mail() throws {
        let body = "Grüße,\n.\n" + String(repeating: "lang ", count: 60)
        let text = String(
            decoding: MessageFormat.mail(message(subject: "Hello", body: body), from: "T <t@b.co>", host: "b.co"),
            as: UTF8.self)
        let lines = text.components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 76 && !$0.hasPrefix(".") && !$0.contains("\n") })
        #expect(lines.contains("Date: Sun, 15 Jun 2025 12:00:00 +0000"))
        let end = try #require(lines.firstIndex(of: ""))
        let decoded = try #require(Data(base64Encoded: lines[(end + 1)...].joined()))
        #expect(String(decoding: decoded, as: UTF8.self) == body.replacing("\n", with: "\r\n"))
    }

    @Test(
        "what is not plain is encoded, so that no text becomes a header",
        arguments: ["a\r\nBcc: x@y.zz", "Grüße", "=?x?="])
    func header(_ text: String) {
        let header = MessageFormat.header(text)
        #expect(header.hasPrefix("=?utf-8?B?") && header.hasSuffix("?="))
        #expect(!header.contains("Bcc"))
    }

    @Test("a name in front of an address is one name")
    func phrase() {
        #expect(MessageFormat.phrase("Tern at Ward 7") == "Tern at Ward 7")
        #expect(MessageFormat.phrase("Acme, \"Inc\"") == "\"Acme, \\\"Inc\\\"\"")
        #expect(MessageFormat.phrase("Ärzte, Wien").hasPrefix("=?utf-8?B?"))
    }

    @Test("a long header is folded between characters")
    func folded() {
        let header = MessageFormat.header(String(repeating: "ü", count: 100))
        for line in header.components(separatedBy: "\r\n ") {
            #expect(line.utf8.count <= 75)
            let inner = line.dropFirst("=?utf-8?B?".count).dropLast(2)
            #expect(Data(base64Encoded: String(inner)).flatMap { String(data: $0, encoding: .utf8) } != nil)
        }
    }
}
