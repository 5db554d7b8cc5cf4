internal import Store

/// The rows of one account for its owner, in pieces of text, oldest first.
///
/// Others appear in it by their ids only: the address of another person that did something to the account is left out.
public struct AuditExport: AsyncSequence, Sendable {
    /// How the rows are written.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// JSON Lines: an object per line.
        case jsonLines = "jsonl"
        /// Comma-separated values [RFC 4180] with a head line.
        case csv
    }

    private let store: any Store
    private let person: String
    private let format: Format
    private let filter: AuditFilter

    /// The rows of `person` from a time up to another. `from` and `to` are milliseconds since 1970 UTC.
    public init(core: CompanionCore, person: String, format: Format, from: Int64? = nil, to: Int64? = nil) {
        var filter = AuditFilter()
        filter.person = person
        filter.from = from
        filter.to = to
        filter.newestFirst = false
        filter.limit = core.settings.audit.rowsPerExportPage
        store = core.store
        self.person = person
        self.format = format
        self.filter = filter
    }

    /// Starts from the oldest row.
    public func makeAsyncIterator() -> Iterator { Iterator(export: self, filter: filter) }

    /// Reads a page of rows for each piece.
    public struct Iterator: AsyncIteratorProtocol {
        private let export: AuditExport
        private var filter: AuditFilter
        private var started = false

        fileprivate init(export: AuditExport, filter: AuditFilter) {
            self.export = export
            self.filter = filter
        }

        /// The next piece; nil behind the last.
        public mutating func next() async throws -> String? {
            let page = filter
            let records = try await export.store.read { try $0.audit(page) }
            filter.after = records.last?.sequence ?? filter.after
            var text = started || export.format == .jsonLines ? "" : AuditText.csvHead
            started = true
            for var record in records {
                if let requester = record.requester, requester != export.person { record.address = "" }
                text += export.format == .csv ? AuditText.csv(record) : AuditText.json(record) + "\n"
            }
            return text.isEmpty ? nil : text
        }
    }
}
