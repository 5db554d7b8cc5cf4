internal import Logging

/// Something that is tried again and again and may fail for hours, as on a full disk: the log learns of the beginning,
/// of another cause and of the end, not of each try.
struct Trouble {
    /// What does not work: "the head of the audit log was not kept".
    let what: String
    private var cause: String?

    init(_ what: String) { self.what = what }

    /// Notes how a try went; nil is well.
    mutating func note(_ error: (any Error)?, _ logger: Logger) {
        let new = error.map { "\($0)" }
        defer { cause = new }
        guard new != cause else { return }
        if let new {
            logger.error("\(what): \(new)")
        } else {
            logger.notice("over: \(what)")
        }
    }
}
