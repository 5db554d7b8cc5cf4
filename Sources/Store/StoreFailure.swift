/// Why the database did not do what it was asked. Each description is one line that names the cause and the remedy.
public enum StoreFailure: Error, Hashable, CustomStringConvertible {
    /// The file cannot be opened, and why.
    case cannotOpen(path: String, reason: String)
    /// The file, or the folder of it, cannot be written.
    case readOnly(path: String, reason: String)
    /// The database was written by a later version of this program.
    case newerSchema(path: String, found: Int64, known: Int64)
    /// The file is no database, or a damaged one, or one of another program.
    case damaged(path: String, reason: String)
    /// No space is left.
    case full(path: String)
    /// Another process kept the database locked for longer than the busy timeout.
    case locked(path: String)
    /// More writes wait than `waiting` allows.
    case overloaded(waiting: Int)
    /// Another row holds the same unique value. Services expect this one.
    case duplicate(String)
    /// A reference to a row that is not there, or a value that the column does not take.
    case constraint(String)
    /// A column that is missing or of another type.
    case unexpected(column: String)
    /// The store was closed.
    case closed
    /// Anything else, in the database's words.
    case other(String)

    /// Cause and remedy.
    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason):
            "the database \(path) cannot be opened: \(reason)"
        case .readOnly(let path, let reason):
            "the database \(path) cannot be written: \(reason); give the file and its folder to the user that runs this"
        case .newerSchema(let path, let found, let known):
            "the database \(path) has version \(found), this program knows \(known): run the newer program"
        case .damaged(let path, let reason):
            "\(path) is no usable database: \(reason); restore it from a backup, or name another file"
        case .full(let path):
            "no space is left for the database \(path): free some, nothing was changed"
        case .locked(let path):
            "another process keeps the database \(path) locked: end it, or try again"
        case .overloaded(let waiting):
            "\(waiting) writes to the database wait already: the disk is slower than the load, try again"
        case .duplicate(let what): "the value is taken: \(what)"
        case .constraint(let what): "the database refuses the change: \(what)"
        case .unexpected(let column): "the database holds nothing usable in the column \(column)"
        case .closed: "the database is closed"
        case .other(let what): "the database failed: \(what)"
        }
    }
}
