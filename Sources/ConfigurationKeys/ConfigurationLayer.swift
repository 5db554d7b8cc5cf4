/// What one source says about the keys: texts, not yet read, and where each stands.
struct ConfigurationLayer: Sendable {
    /// The values of one key, and the place of each.
    struct Entry: Sendable {
        /// Where the key itself stands; what an empty list points at.
        var origin: ConfigurationOrigin
        var values: [(text: String, origin: ConfigurationOrigin)]
    }

    /// Entries by path of the key.
    var entries: [String: Entry] = [:]
    /// What could not be understood at all.
    var problems: [ConfigurationProblem] = []

    /// Adds a value to a key.
    mutating func add(_ text: String, to key: KeyDescription, at origin: ConfigurationOrigin) {
        entries[key.path, default: Entry(origin: origin, values: [])].values.append((text, origin))
    }
}
