/// What is wrong with the log: the first thing that is.
public enum AuditProblem: Error, Hashable, CustomStringConvertible {
    /// Rows are missing between others, or before the first.
    case missing(from: Int64, to: Int64)
    /// The row says something else than when it was written.
    case edited(Int64)
    /// The row was written with another sequence: rows were moved.
    case moved(Int64, from: Int64)
    /// The row is whole in itself, but it is not the one that was written here.
    case foreign(Int64)
    /// The log ends before the row that the head tells of.
    case truncated(last: Int64, head: Int64)
    /// All rows fit each other and not the head: the chain was computed anew.
    case rewritten(Int64)
    /// The file of the head was not written by this companion.
    case forgedHead
    /// A line of the checkpoints was not written by this companion.
    case forgedCheckpoint(line: Int)
    /// Lines of the checkpoints in front of this one are missing.
    case missingCheckpoint(line: Int)

    /// For people.
    public var description: String {
        switch self {
        case .missing(let from, let to) where from == to: "row \(from) was deleted"
        case .missing(let from, let to): "the rows \(from) to \(to) were deleted"
        case .edited(let row): "row \(row) was edited"
        case .moved(let row, let from): "row \(row) was written as row \(from): rows were reordered"
        case .foreign(let row): "row \(row) is not the one that was written here: it was inserted or replaced"
        case .truncated(let last, let head): "the rows behind \(last) were cut off: there was a row \(head)"
        case .rewritten(let row): "the rows up to \(row) were replaced by others"
        case .forgedCheckpoint(let line):
            "line \(line) of the checkpoints was altered, or signed with another master key"
        case .missingCheckpoint(let line): "checkpoints in front of line \(line) were deleted"
        case .forgedHead: "the file of the log's head was altered, or written with another master key"
        }
    }
}
