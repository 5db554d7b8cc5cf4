extension ConfigurationLayer {
    /// Reads flags, `--flag VALUE` or `--flag=VALUE`; a flag of a list is given once per value.
    ///
    /// - Parameter arguments: the flags that the command line did not understand itself.
    static func flags(_ arguments: [String], _ schema: ConfigurationSchema) -> ConfigurationLayer {
        var layer = ConfigurationLayer()
        let keys = schema.keys
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else {
                layer.problems.append(
                    ConfigurationProblem(
                        origin: .flag(name: argument), key: nil, problem: "this belongs to no flag",
                        remedy: "write flags as --name VALUE"))
                continue
            }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            let origin = ConfigurationOrigin.flag(name: name)
            guard let key = keys.first(where: { $0.flag == name }) else {
                let closest = Suggestion.closest(to: name, among: keys.map(\.flag))
                layer.problems.append(
                    ConfigurationProblem(
                        origin: origin, key: nil, problem: "there is no such flag",
                        remedy: closest.map { "did you mean \($0)?" } ?? "--help lists all flags"))
                // Its value, if it has one, is no second mistake.
                if parts.count == 1, let next = rest.first, !next.hasPrefix("--") { rest.removeFirst() }
                continue
            }
            if parts.count == 2 {
                layer.add(String(parts[1]), to: key, at: origin)
            } else if key.placeholder.isEmpty {
                layer.add("true", to: key, at: origin)
            } else if let value = rest.first, !value.hasPrefix("--") {
                layer.add(value, to: key, at: origin)
                rest.removeFirst()
            } else {
                layer.problems.append(
                    ConfigurationProblem(
                        origin: origin, key: nil, problem: "the value is missing",
                        remedy: "write \(name) \(key.placeholder)"))
            }
        }
        return layer
    }
}
