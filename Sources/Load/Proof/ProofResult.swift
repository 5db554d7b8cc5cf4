/// What was to be proven, and what was found.
public struct ProofResult: Codable, Equatable, Sendable {
    /// How a check came out.
    public enum Verdict: String, Codable, Sendable {
        /// It holds.
        case passed
        /// It does not, or could not be looked at although that was asked for.
        case failed
        /// It was not asked for.
        case skipped
    }

    /// One thing that was to be proven.
    public struct Check: Codable, Equatable, Sendable {
        /// In one or two words.
        public var name: String
        /// How it came out.
        public var verdict: Verdict
        /// What was looked at and what was found, in a sentence.
        public var found: String
    }

    /// All of them, in the order in which they are told.
    public var checks: [Check]

    /// Whether none failed.
    public var hasPassed: Bool { !checks.contains { $0.verdict == .failed } }

    /// What failed, in one line; nil when nothing did.
    public var failure: String? {
        let failed = checks.filter { $0.verdict == .failed }
        return failed.isEmpty ? nil : failed.map { "\($0.name): \($0.found)" }.joined(separator: "; ")
    }
}
