import Credentials
import RelayServer

/// Rows under a head, columns aligned: numbers to the right, the rest to the left.
struct AdministrationTable {
    /// One column.
    struct Column {
        var title: String
        var isNumber: Bool

        /// A column of text.
        static func text(_ title: String) -> Column { Column(title: title, isNumber: false) }
        /// A column of numbers.
        static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
    }

    let columns: [Column]
    private(set) var rows: [[String]] = []

    init(_ columns: Column...) { self.columns = columns }

    /// Adds a row; what came from outside is escaped here, so that no cell steers the terminal or breaks its line.
    mutating func add(_ cells: String...) {
        precondition(cells.count == columns.count)
        rows.append(cells.map { LogText.visible($0, bytesMax: 256) })
    }

    /// The lines: the head, then the rows.
    var lines: [String] {
        let widths = columns.indices.map { column in
            max(columns[column].title.count, rows.map { $0[column].count }.max() ?? 0)
        }
        return ([columns.map(\.title)] + rows).map { cells in
            let padded = columns.indices.map { column in
                let blanks = String(repeating: " ", count: widths[column] - cells[column].count)
                return columns[column].isNumber ? blanks + cells[column] : cells[column] + blanks
            }
            let line = padded.joined(separator: "  ")
            return String(line[..<(line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.startIndex)])
        }
    }

    /// The lines as one text.
    var text: String { lines.joined(separator: "\n") }
}
