import Foundation
import Logging
import Store
import Synchronization
import Vault

/// The outbox: messages are written in the transaction of what they tell of, and go afterwards, as often as it takes.
public final class MailService: Sendable {
    /// Messages that are looked at in one round.
    static let roundMax = 20
    /// The longest time between two looks at the outbox.
    static let lookSeconds = 30
    /// Messages that are listed at most.
    public static let listMax = 200

    private let core: CompanionCore
    private let mail: any MailTransport
    private let text: (any MailTransport)?
    private let wakeUps: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation
    /// How tries went that could not be written yet; of no more messages than the outbox holds.
    private let unwritten = Mutex<[String: Outcome]>([:])

    /// An outbox whose mails go through `mail` and whose text messages go through `text`.
    public init(core: CompanionCore, mail: any MailTransport, text: (any MailTransport)? = nil) {
        self.core = core
        self.mail = mail
        self.text = text
        // One wake-up is as good as many.
        (wakeUps, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Whether text messages can be sent.
    public var sendsText: Bool { text != nil }

    /// Whether messages stay in the outbox to be read there.
    public var keepsMessages: Bool { mail.keepsMessages }

    /// Writes a message into the outbox, within the transaction of what it tells of. ``wake()`` is to follow it.
    func enqueue(_ kind: OutgoingMessage.Kind, to: String, _ text: MessageText, _ connection: any StoreConnection)
        throws
    {
        guard try connection.outboxCount(.waiting) < core.settings.mail.waitingMax else {
            core.logger.error("the outbox is full: messages do not leave; check the mail server")
            throw ServiceFailure.busy
        }
        let id = Identifier.make(core.surroundings)
        try connection.insert(
            OutboxRecord(
                id: id, at: core.now, kind: kind.rawValue,
                toSealed: core.vault.seal(to, context: Self.context("to", id)),
                subjectSealed: core.vault.seal(text.subject, context: Self.context("subject", id)),
                bodySealed: core.vault.seal(text.body, context: Self.context("body", id))))
    }

    /// Lets the messages go that were just written.
    func wake() { waker.yield() }

    /// Sends messages until the task is cancelled.
    public func run() async {
        let clock = Task { [waker] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(Self.lookSeconds))
                waker.yield()
            }
        }
        defer { clock.cancel() }
        await withTaskCancellationHandler {
            wake()
            var trouble = Trouble("the outbox cannot be read or written")
            for await _ in wakeUps where !Task.isCancelled {
                do {
                    while try await sendDue() == Self.roundMax, !Task.isCancelled {}
                    // What failed is due sooner than the next look when its first delay is short.
                    if let next = try await core.store.read({ try $0.outboxNextAt() }) { wake(at: next) }
                    trouble.note(nil, core.logger)
                } catch {
                    trouble.note(error, core.logger)
                }
            }
        } onCancel: {
            waker.finish()
        }
    }

    private func wake(at time: Int64) {
        let milliseconds = max(100, time - core.now)
        guard milliseconds < Self.lookSeconds * 1000 else { return }
        Task { [waker] in
            try? await Task.sleep(for: .milliseconds(milliseconds))
            waker.yield()
        }
    }

    /// Sends what is due, one round; how many messages that were.
    @discardableResult
    func sendDue() async throws -> Int {
        let (now, kept) = (core.now, core.now - Int64(core.settings.mail.keptSeconds) * 1000)
        let due = try await core.store.read { try $0.outboxDue(at: now, limit: Self.roundMax) }
        for record in due {
            guard !Task.isCancelled else { break }
            try await send(record)
        }
        try await core.store.write { try $0.deleteOutbox(writtenBefore: kept) }
        return due.count
    }

    private func send(_ record: OutboxRecord) async throws {
        if let known = unwritten.withLock({ $0[record.id] }) { return try await settle(record, known) }
        let attempts = record.attempts + 1
        let transport: any MailTransport
        do throws(MailFailure) {
            let message: OutgoingMessage
            do { message = try opened(record) } catch { throw MailFailure.permanent("\(error)") }
            transport = message.kind == .mail ? mail : text ?? mail
            try await transport.send(message)
        } catch {
            // The address stays out of the log; the id finds the row.
            core.logger.warning(
                "a message did not go",
                metadata: ["message": "\(record.id)", "try": "\(attempts)", "reason": "\(error)"])
            var outcome = Outcome(state: .failed, attempts: attempts)
            if case .temporary = error, attempts < core.settings.mail.attemptsMax {
                outcome = Outcome(state: .waiting, attempts: attempts, nextAt: core.now + delay(attempts) * 1000)
            }
            return try await settle(record, outcome)
        }
        try await settle(record, Outcome(state: transport.keepsMessages ? .kept : nil, attempts: attempts))
    }

    private func delay(_ attempts: Int64) -> Int64 {
        let settings = core.settings.mail
        return min(Int64(settings.retrySeconds) << min(attempts - 1, 20), Int64(settings.retrySecondsMax))
    }

    /// How a try went.
    private struct Outcome: Sendable {
        /// Where the message is now; nil when it is gone.
        var state: OutboxRecord.State?
        var attempts: Int64
        var nextAt: Int64 = 0
    }

    /// Writes how it went. While that cannot be written it is remembered: on a full disk nobody shall get the same
    /// message again and again. Only one that went right before the process ended goes twice.
    private func settle(_ record: OutboxRecord, _ outcome: Outcome) async throws {
        unwritten.withLock { $0[record.id] = outcome }
        try await core.store.write { connection in
            if let state = outcome.state {
                try connection.updateOutbox(
                    id: record.id, state: state, attempts: outcome.attempts, nextAt: outcome.nextAt)
            } else {
                try connection.deleteOutbox(id: record.id)
            }
        }
        unwritten.withLock { $0[record.id] = nil }
    }

    /// A message of the outbox and where it is.
    public struct Listed: Sendable, Equatable {
        /// The message.
        public let message: OutgoingMessage
        /// `waiting`, `kept` or `failed`.
        public let state: String
    }

    /// The newest messages, for the administrator of an installation that sends none.
    public func messages(limit: Int = listMax) async throws -> [Listed] {
        guard keepsMessages else { throw ServiceFailure.notFound }
        return try await core.store.read { [self] connection in
            try connection.outbox(limit: min(max(limit, 1), Self.listMax)).map {
                Listed(message: try opened($0), state: $0.state.rawValue)
            }
        }
    }

    private func opened(_ record: OutboxRecord) throws -> OutgoingMessage {
        guard let kind = OutgoingMessage.Kind(rawValue: record.kind) else {
            throw StoreFailure.unexpected(column: "kind")
        }
        return OutgoingMessage(
            id: record.id, at: record.at, kind: kind,
            to: try core.vault.openText(record.toSealed, context: Self.context("to", record.id)),
            subject: try core.vault.openText(record.subjectSealed, context: Self.context("subject", record.id)),
            body: try core.vault.openText(record.bodySealed, context: Self.context("body", record.id)))
    }

    private static func context(_ column: String, _ id: String) -> SealContext {
        SealContext(table: "outbox", column: column, row: id)
    }
}
