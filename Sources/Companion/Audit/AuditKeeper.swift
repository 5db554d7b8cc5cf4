internal import Logging
internal import Store

/// Keeps the head of the log in its file while the log grows, and adds signed checkpoints to another.
public actor AuditKeeper {
    private let core: CompanionCore
    private let path: String
    private let checkpoints: AuditCheckpointFile
    private var kept: AuditHead?
    private var checkpointAt: Int64 = 0

    /// A keeper of the head in the file at `path` and of the checkpoints in the one at `checkpointPath`, best on
    /// another disk than the database, or copied from there.
    public init(core: CompanionCore, path: String, checkpointPath: String) {
        self.core = core
        self.path = path
        checkpoints = AuditCheckpointFile(path: checkpointPath)
    }

    /// Compares the log with the head that an earlier run left, at the cost of one row. To be called before the first
    /// event of this run.
    public func start() async throws {
        kept = try AuditHead.read(path, core.vault)
        checkpointAt = core.now
        try await checkContinuation()
    }

    /// Writes the head, and a checkpoint, when `AuditSettings` says that it is time. To be called every few seconds.
    public func tick() async throws {
        if core.now - checkpointAt >= core.settings.audit.secondsPerCheckpoint * 1000 { _ = try await checkpoint() }
        guard let head = try await current(), head.sequence > kept?.sequence ?? 0 else { return }
        let rows = head.sequence - (kept?.sequence ?? 0)
        let waited = core.now - (kept?.at ?? 0)
        guard rows >= core.settings.audit.rowsPerHead || waited >= core.settings.audit.secondsPerHead * 1000 else {
            return
        }
        try await keep(head)
    }

    /// Writes the head and a checkpoint: at a clean end, behind the last event.
    public func close() async throws {
        _ = try await checkpoint()
    }

    /// Adds a checkpoint of the log as it is now, and writes the head.
    public func checkpoint() async throws -> AuditCheckpoint {
        let head = try await current() ?? AuditHead(sequence: 0, chain: AuditChain.start, at: core.now)
        // A log that does not go on from the last head is not signed.
        if kept == nil { kept = try AuditHead.read(path, core.vault) }
        if head.sequence > 0 { try await keep(head) }
        let checkpoint = try checkpoints.append(head, core.vault)
        checkpointAt = head.at
        return checkpoint
    }

    /// Checks the whole log against the head and the checkpoints in their files, and against `others`, which somebody
    /// kept elsewhere.
    public func verify(against others: [AuditCheckpoint] = []) async throws -> AuditVerifier.Report {
        var heads = others.map(\.head)
        var problem: AuditProblem?
        do {
            heads += try checkpoints.read(core.vault).map(\.head)
        } catch let found as AuditProblem {
            problem = found
        }
        do {
            if let head = try AuditHead.read(path, core.vault) { heads.append(head) }
        } catch let found as AuditProblem {
            problem = found
        }
        var report = try await AuditVerifier(store: core.store).verify(against: heads)
        report.problem = report.problem ?? problem
        return report
    }

    /// Ticks until the task is cancelled, then writes the last head.
    public func run() async throws {
        var trouble = Trouble("the head of the audit log was not kept")
        while !Task.isCancelled {
            do {
                try await tick()
                trouble.note(nil, core.logger)
            } catch {
                trouble.note(error, core.logger)
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
