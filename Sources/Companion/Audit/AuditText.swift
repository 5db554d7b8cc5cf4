internal import Foundation
internal import Store
internal import Vault

/// Rows of the log as text for other programs.
enum AuditText {
    /// A JSON object with all columns; `extra` is an object in it, digests are hexadecimal.
    static func json(_ record: AuditRecord) -> String {
        let fields: [(String, String)] = [
            ("sequence", "\(record.sequence)"), ("time", CanonicalJSON.text(time(record.at))), ("at", "\(record.at)"),
            ("type", CanonicalJSON.text(record.type)), ("outcome", CanonicalJSON.text(record.outcome)),
            ("requester", optional(record.requester)), ("owner", optional(record.owner)),
            ("room", optional(record.roomID)), ("message", CanonicalJSON.text(record.message)),
            ("extra", record.extra), ("address", CanonicalJSON.text(record.address)),
            ("salt", CanonicalJSON.text(Hexadecimal.text(record.salt))),
            ("leaf", CanonicalJSON.text(Hexadecimal.text(record.leaf))),
            ("chain", CanonicalJSON.text(Hexadecimal.text(record.chain))),
        ]
        return "{" + fields.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    static let csvHead = line([
        "sequence", "time", "type", "outcome", "requester", "owner", "room", "message", "extra", "address",
    ])

    static func csv(_ record: AuditRecord) -> String {
        line([
            "\(record.sequence)", time(record.at), record.type, record.outcome, record.requester ?? "",
            record.owner ?? "", record.roomID ?? "", record.message, record.extra, record.address,
        ])
    }

    private static func line(_ cells: [String]) -> String { cells.map(cell).joined(separator: ",") + "\r\n" }

    /// A cell in quotes. One that a spreadsheet would take for a formula gets an apostrophe in front.
    static func cell(_ text: String) -> String {
        let first = text.unicodeScalars.first { $0 != " " }
        let formula = first.map { "=+-@\t\r\n\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars.contains($0) } ?? false
        return "\"" + (formula ? "'" : "") + text.replacing("\"", with: "\"\"") + "\""
    }

    private static func optional(_ text: String?) -> String { text.map(CanonicalJSON.text) ?? "null" }

    /// RFC 3339, in UTC, with milliseconds.
    static func time(_ milliseconds: Int64) -> String {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        return date.formatted(
            .iso8601.year().month().day().timeZone(separator: .omitted)
                .time(includingFractionalSeconds: true).timeSeparator(.colon))
    }
}
