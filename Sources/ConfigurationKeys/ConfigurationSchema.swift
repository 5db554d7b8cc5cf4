/// The values of one part of the file, `relay` or `companion`, and the table of its keys.
public protocol ConfigurationValues: Sendable {
    /// Every key at its default.
    init()
    /// The one table of keys, in the order of `conf/tern.yaml`.
    static var keys: [ConfigurationKey<Self>] { get }
    /// A line about each section; the first is the part itself.
    static var sections: [ConfigurationSection] { get }
}

/// A section of the file.
public struct ConfigurationSection: Sendable {
    /// Where it stands, for example `relay.quotas`.
    public let path: String
    /// One line about what is in it.
    public let comment: String

    /// A section of this path.
    public init(_ path: String, _ comment: String) {
        self.path = path
        self.comment = comment
    }
}

extension ConfigurationValues {
    /// The table of keys as sources of values see it.
    public static var schema: ConfigurationSchema {
        ConfigurationSchema(keys: keys.map(\.description), sections: sections)
    }
}

/// Which keys there are, without their values.
public struct ConfigurationSchema: Sendable {
    /// The parts that one file may have. Each program reads its own and leaves the others alone.
    static let roots = ["relay", "companion"]

    /// The keys in the order of the file.
    public let keys: [KeyDescription]
    /// Their sections; the first is the part of the file that all keys are in.
    public let sections: [ConfigurationSection]

    /// The part of the file that the keys are in.
    var root: String { sections.first?.path ?? "" }

    /// What names of environment variables begin with.
    var environmentPrefix: String { "TERN_\(root.uppercased())_" }

    /// Takes the flags of this schema, with their values, out of a command line; the rest stays in its order.
    public func takeFlags(from arguments: inout [String]) -> [String] {
        var taken: [String] = []
        var rest: [String] = []
        var left = arguments[...]
        while let argument = left.popFirst() {
            let name = argument.prefix { $0 != "=" }
            guard let key = keys.first(where: { $0.flag == name }) else {
                rest.append(argument)
                continue
            }
            taken.append(argument)
            if name.count == argument.count, !key.placeholder.isEmpty, let value = left.first, !value.hasPrefix("--") {
                taken.append(value)
                left.removeFirst()
            }
        }
        arguments = rest
        return taken
    }
}
