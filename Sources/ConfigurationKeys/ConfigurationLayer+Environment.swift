extension ConfigurationLayer {
    /// Reads the environment: a variable per key; the values of a list are separated by commas.
    static func environment(_ variables: [String: String], _ schema: ConfigurationSchema) -> ConfigurationLayer {
        var layer = ConfigurationLayer()
        let keys = schema.keys
        for (name, text) in variables.sorted(by: { $0.key < $1.key })
        where name.hasPrefix(schema.environmentPrefix) {
            let origin = ConfigurationOrigin.environment(name: name)
            guard let key = keys.first(where: { $0.environmentVariable == name }) else {
                let closest = Suggestion.closest(to: name, among: keys.map(\.environmentVariable))
                layer.problems.append(
                    ConfigurationProblem(
                        origin: origin, key: nil, problem: "there is no such key",
                        remedy: closest.map { "did you mean \($0)?" } ?? "'tern config keys' lists all variables"))
                continue
            }
            layer.entries[key.path] = Entry(origin: origin, values: [])
            if !key.isList {
                layer.add(text, to: key, at: origin)
            } else {
                for part in text.split(separator: ",") {
                    layer.add(String(part.trimmingPrefix(while: \.isWhitespace)), to: key, at: origin)
                }
            }
        }
        return layer
    }
}
