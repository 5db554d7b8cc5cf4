/// What a JSON value has to look like: what requests are checked against, and what the API document says.
indirect enum Schema: Sendable, Equatable {
    /// A text whose length in UTF-8 bytes is in the range; `format` is OpenAPI's word for what it holds.
    case text(bytes: ClosedRange<Int>, format: String? = nil)
    /// One of these texts.
    case choice([String])
    /// A whole number.
    case integer(ClosedRange<Int64>)
    /// Any number.
    case number
    case flag
    /// A list of at most so many.
    case list(Schema, max: Int)
    /// An object with these members and no other.
    case object([Field])
    /// An object that is described once, under this name.
    case named(String, [Field])
    /// Any object.
    case anything
    /// Null, or this.
    case nullable(Schema)
    /// One of several objects.
    case either([Schema])

    /// A member of an object.
    struct Field: Sendable, Equatable {
        let name: String
        let schema: Schema
        let isRequired: Bool

        /// A member that has to be there.
        static func required(_ name: String, _ schema: Schema) -> Field { .init(name, schema, true) }
        /// A member that may be left out.
        static func optional(_ name: String, _ schema: Schema) -> Field { .init(name, schema, false) }

        private init(_ name: String, _ schema: Schema, _ isRequired: Bool) {
            self.name = name
            self.schema = schema
            self.isRequired = isRequired
        }
    }
}

extension Schema {
    /// What is wrong with the value, in words for whoever sent it; nil when nothing is.
    func problem(with value: JSON, at path: String = "") -> String? {
        let name = path.isEmpty ? "the body" : "\"\(path)\""
        switch (self, value) {
        case (.text(let bytes, _), .text(let text)):
            if bytes.contains(text.utf8.count) { return nil }
            return text.utf8.count < bytes.lowerBound
                ? "\(name) is too short" : "\(name) is longer than \(bytes.upperBound) bytes"
        case (.choice(let choices), .text(let text)):
            return choices.contains(text) ? nil : "\(name) is none of: \(choices.joined(separator: ", "))"
        case (.integer(let range), .integer(let number)):
            return range.contains(number) ? nil : "\(name) is not in \(range.lowerBound)...\(range.upperBound)"
        case (.number, .integer), (.number, .number), (.flag, .flag), (.anything, .object): return nil
        case (.list(let element, let max), .list(let values)):
            guard values.count <= max else { return "\(name) has more than \(max) entries" }
            for (index, value) in values.enumerated() {
                if let problem = element.problem(with: value, at: "\(path)[\(index)]") { return problem }
            }
            return nil
        case (.object(let fields), .object(let members)), (.named(_, let fields), .object(let members)):
            return Self.problem(fields, members, at: path, name)
        case (.nullable, .null): return nil
        case (.nullable(let schema), _): return schema.problem(with: value, at: path)
        case (.either(let schemas), _):
            let problems = schemas.map { $0.problem(with: value, at: path) }
            return problems.contains(nil) ? nil : problems[0]
        default: return "\(name) has to be \(kind)"
        }
    }

    private static func problem(_ fields: [Field], _ members: [String: JSON], at path: String, _ name: String)
        -> String?
    {
        let prefix = path.isEmpty ? "" : path + "."
        for field in fields {
            switch members[field.name] {
            case nil where field.isRequired: return "\"\(prefix)\(field.name)\" is missing"
            case nil: continue
            case let value?:
                if let problem = field.schema.problem(with: value, at: prefix + field.name) { return problem }
            }
        }
        guard members.count > 0, let unknown = members.keys.first(where: { key in !fields.contains { $0.name == key } })
        else { return nil }
        // The name comes from a stranger: its length alone is told.
        return "\(name) has a member of \(unknown.utf8.count) bytes that is not known here"
    }

    private var kind: String {
        switch self {
        case .text, .choice: "a text"
        case .integer: "a whole number"
        case .number: "a number"
        case .flag: "true or false"
        case .list: "a list"
        case .object, .named, .anything, .either: "an object"
        case .nullable(let schema): schema.kind
        }
    }
}

// MARK: - OpenAPI

extension Schema {
    /// The schema as OpenAPI 3.1 has it; named ones are references.
    var document: JSON {
        switch self {
        case .text(let bytes, let format):
            // Lengths here are bytes, OpenAPI's are characters: the upper bound holds for both.
            var members: [String: JSON] = ["type": "string", "maxLength": .integer(Int64(bytes.upperBound))]
            if bytes.lowerBound > 0 { members["minLength"] = 1 }
            if let format { members["format"] = .text(format) }
            return .object(members)
        case .choice(let choices): return ["type": "string", "enum": .list(choices.map(JSON.text))]
        case .integer(let range):
            return [
                "type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
            ]
        case .number: return ["type": "number"]
        case .flag: return ["type": "boolean"]
        case .list(let element, let max):
            return ["type": "array", "items": element.document, "maxItems": .integer(Int64(max))]
        case .object(let fields): return Self.document(fields)
        case .named(let name, _): return ["$ref": .text("#/components/schemas/\(name)")]
        case .anything: return ["type": "object"]
        case .nullable(let schema): return ["anyOf": [schema.document, ["type": "null"]]]
        case .either(let schemas): return ["oneOf": .list(schemas.map(\.document))]
        }
    }

    private static func document(_ fields: [Field]) -> JSON {
        var members: [String: JSON] = [
            "type": "object", "additionalProperties": false,
            "properties": .object(Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.schema.document) })),
        ]
        let required = fields.filter(\.isRequired).map { JSON.text($0.name) }
        if !required.isEmpty { members["required"] = .list(required) }
        return .object(members)
    }

    /// Adds the named schemas in this one to `components`.
    func collectNames(into components: inout [String: JSON]) {
        switch self {
        case .named(let name, let fields):
            guard components.updateValue(Self.document(fields), forKey: name) == nil else { return }
            for field in fields { field.schema.collectNames(into: &components) }
        case .object(let fields): for field in fields { field.schema.collectNames(into: &components) }
        case .list(let element, _): element.collectNames(into: &components)
        case .nullable(let schema): schema.collectNames(into: &components)
        case .either(let schemas): for schema in schemas { schema.collectNames(into: &components) }
        case .text, .choice, .integer, .number, .flag, .anything: break
        }
    }
}
