public import Store

/// Reads the whole log, in pieces, and tells the first thing that is wrong with it.
public struct AuditVerifier: Sendable {
    /// What was found.
    public struct Report: Sendable, Hashable {
        /// Rows that were read and found to be right.
        public var rows: Int
        /// The last of them.
        public var head: AuditHead
        /// What is wrong behind them, or with all of them; nil when nothing is.
        public var problem: AuditProblem?
    }

    /// Rows in memory at a time.
    static let pageRows = 500
    /// How far away the place of a row that was moved is looked for.
    private static let movedMax: Int64 = 512

    private let store: any Store

    /// A verifier of the log in `store`.
    public init(store: any Store) { self.store = store }

    /// Checks every row, and the log against heads that were kept elsewhere. Rows that are written meanwhile are
    /// checked as well.
    public func verify(against kept: [AuditHead]) async throws -> Report {
        var chains: [Int64: [UInt8]] = [0: AuditChain.start]
        for head in kept {
            // Two signed statements about one row that differ: one of the two logs is not this one.
            if let other = chains.updateValue(head.chain, forKey: head.sequence), other != head.chain {
                return Report(rows: 0, head: head, problem: .rewritten(head.sequence))
            }
        }
        let last = chains.keys.max() ?? 0
        var report = Report(rows: 0, head: AuditHead(sequence: 0, chain: AuditChain.start, at: 0))
        while report.problem == nil {
            var filter = AuditFilter()
            filter.after = report.rows == 0 ? nil : report.head.sequence
            filter.newestFirst = false
            filter.limit = Self.pageRows
            let page = filter
            let records = try await store.read { try $0.audit(page) }
            guard !records.isEmpty else { break }
            for record in records {
                report.problem = Self.problem(record, behind: report.head)
                if report.problem == nil, let chain = chains[record.sequence], chain != record.chain {
                    report.problem = .rewritten(record.sequence)
                }
                guard report.problem == nil else { break }
                report.rows += 1
                report.head = AuditHead(sequence: record.sequence, chain: record.chain, at: record.at)
            }
        }
        if report.problem == nil, report.head.sequence < last {
            report.problem = .truncated(last: report.head.sequence, head: last)
        }
        return report
    }

    private static func problem(_ record: AuditRecord, behind head: AuditHead) -> AuditProblem? {
        let expected = head.sequence + 1
        if record.sequence > expected { return .missing(from: expected, to: record.sequence - 1) }
        // 0 and below: no row was ever written there.
        if record.sequence < expected { return .foreign(record.sequence) }
        if record.leaf != AuditChain.leaf(record) {
            return origin(of: record).map { .moved(record.sequence, from: $0) } ?? .edited(record.sequence)
        }
        let chain = AuditChain.next(head.chain, sequence: record.sequence, leaf: record.leaf)
        return record.chain == chain ? nil : .foreign(record.sequence)
    }

    /// The sequence under which the row's leaf is right.
    private static func origin(of record: AuditRecord) -> Int64? {
        var moved = record
        for distance in 1...movedMax {
            for sequence in [record.sequence - distance, record.sequence + distance] where sequence > 0 {
                moved.sequence = sequence
                if AuditChain.leaf(moved) == record.leaf { return sequence }
            }
        }
        return nil
    }
}
