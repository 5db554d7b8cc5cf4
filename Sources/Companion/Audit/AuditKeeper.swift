internal import Logging
internal import Store

/// Keeps the head of the log in its file while the log grows.
public actor AuditKeeper {
    private let core: CompanionCore
    private let path: String
    private var kept: AuditHead?

    /// A keeper of the file at `path`, best on another disk than the database, or copied from there.
    public init(core: CompanionCore, path: String) {
        self.core = core
        self.path = path
    }

    /// Compares the log with the head that an earlier run left, at the cost of one row. To be called before the first
    /// event of this run.
    public func start() async throws {
        kept = try AuditHead.read(path, core.vault)
        try await checkContinuation()
    }

    /// Writes the head when `AuditSettings` says that it is time. To be called every few seconds.
    public func tick() async throws {
        guard let head = try await current(), head.sequence > kept?.sequence ?? 0 else { return }
        let rows = head.sequence - (kept?.sequence ?? 0)
        let waited = core.now - (kept?.at ?? 0)
        guard rows >= core.settings.audit.rowsPerHead || waited >= core.settings.audit.secondsPerHead * 1000 else {
            return
        }
        try await keep(head)
    }

    /// Writes the head: at a clean end, behind the last event.
    public func close() async throws {
        guard let head = try await current(), head.sequence != kept?.sequence else { return }
        try await keep(head)
    }

    /// Checks the whole log, and its end against the head in the file.
    public func verify() async throws -> AuditVerifier.Report {
        let head: AuditHead?
        do {
            head = try AuditHead.read(path, core.vault)
        } catch let problem as AuditProblem {
            var report = try await AuditVerifier(store: core.store).verify(against: nil)
            report.problem = report.problem ?? problem
            return report
        }
        return try await AuditVerifier(store: core.store).verify(against: head)
    }

    /// Ticks until the task is cancelled, then writes the last head.
    public func run() async throws {
        while !Task.isCancelled {
            do {
                try await tick()
            } catch {
                core.logger.error("the head of the audit log was not kept: \(error)")
            }
            try? await Task.sleep(for: .seconds(core.settings.audit.secondsPerCheck))
        }
        // A store may refuse to read for a task that was cancelled.
        try await Task { try await close() }.value
    }

    /// A head that the log does not continue is evidence: it is never replaced.
    private func keep(_ head: AuditHead) async throws {
        try await checkContinuation()
        try head.write(path, core.vault)
        kept = head
    }

    private func checkContinuation() async throws {
        guard let kept, kept.sequence > 0 else { return }
        let (chain, last) = try await core.store.read { connection in
            (try connection.auditChain(at: kept.sequence), try connection.auditHead()?.sequence ?? 0)
        }
        guard let chain else { throw AuditProblem.truncated(last: last, head: kept.sequence) }
        guard chain == kept.chain else { throw AuditProblem.rewritten(kept.sequence) }
    }

    private func current() async throws -> AuditHead? {
        let now = core.now
        return try await core.store.read { connection in
            try connection.auditHead().map { AuditHead(sequence: $0.sequence, chain: $0.chain, at: now) }
        }
    }
}
