import Foundation

/// What a probe found, for people and for scripts.
public struct ProbeReport: Codable, Equatable, Sendable {
    /// The answer in a word.
    public enum Verdict: String, Codable, Sendable {
        /// Everything that was asked for works.
        case allWell = "all_well"
        /// A call is possible, but something is in the way.
        case degraded
        /// No call is possible from here.
        case noPath = "no_path"
    }

    /// Something to do something about.
    public struct Finding: Codable, Equatable, Sendable {
        /// The kind.
        public var blocker: Blocker
        /// What was seen.
        public var text: String
        /// What to ask for; the rule for the firewall, where one is needed.
        public var remedy: String?
        /// Whether the result counts it.
        public var counted: Bool

        /// Something seen, and what to ask for.
        public init(blocker: Blocker, text: String, remedy: String?, counted: Bool) {
            self.blocker = blocker
            self.text = text
            self.remedy = remedy
            self.counted = counted
        }
    }

    /// A credential that carries its own end.
    public struct Credential: Codable, Equatable, Sendable {
        /// The user's name.
        public var user: String
        /// Seconds until it ends, by this machine's clock; negative when it is over.
        public var secondsLeft: Int64
    }

    /// When it was made, in Unix seconds.
    public var time: Int64 = 0
    /// The names that were looked up.
    public var names: [NameFacts] = []
    /// Time-limited credentials among those used.
    public var credentials: [Credential] = []
    /// The ways in the order they were asked for.
    public var paths: [PathReport]
    /// What to do something about, the most important first.
    public var findings: [Finding] = []
    /// The answer.
    public var verdict: Verdict

    /// A report of these ways, judged.
    public init(paths: [PathReport]) {
        self.paths = paths
        let counted = paths.filter { $0.counted && $0.status != .absent }
        if !paths.contains(where: \.isUsable) {
            verdict = .noPath
        } else {
            verdict = counted.allSatisfy { $0.status == .works } ? .allWell : .degraded
        }
    }

    /// A report of nothing tried, because the list of servers could not be had.
    public init(withoutServers problem: String) {
        self.init(paths: [])
        time = WallClock.unixSeconds
        findings = [
            Finding(blocker: .noServerList, text: problem, remedy: Assessment.noServerListRemedy, counted: true)
        ]
    }

    /// 0 when all is well, 1 when something is in the way, 2 when there is no path.
    public var exitCode: Int32 {
        switch verdict {
        case .allWell: 0
        case .degraded: 1
        case .noPath: 2
        }
    }

    /// The report as JSON: on one line when `compact`.
    public func json(compact: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting =
            compact ? [.sortedKeys, .withoutEscapingSlashes] : [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
