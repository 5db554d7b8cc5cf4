/// A JSON value [RFC 8259].
enum JSON: Sendable, Hashable {
    case null
    case flag(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    /// The member of an object; nil when there is none, or when it is null.
    subscript(name: String) -> JSON? {
        guard case .object(let members) = self, let value = members[name], value != .null else { return nil }
        return value
    }

    /// A text, or nil.
    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// An integer, or nil.
    var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// A list, or nil.
    var list: [JSON]? {
        if case .list(let values) = self { values } else { nil }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .flag(value) }
    init(arrayLiteral elements: JSON...) { self = .list(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }

    /// The text, or null.
    init(_ text: String?) { self = text.map(JSON.text) ?? .null }
    /// The number, or null.
    init(_ value: Int64?) { self = value.map(JSON.integer) ?? .null }
    /// The number, or null.
    init(_ value: Int?) { self = value.map { .integer(Int64($0)) } ?? .null }
    /// One value for each element.
    init<Element>(_ elements: some Sequence<Element>, _ transform: (Element) throws -> JSON) rethrows {
        self = .list(try elements.map(transform))
    }
}

// MARK: - Writing

extension JSON {
    /// The text: one line, members in the order of their names, so that equal values have equal texts.
    var document: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .flag(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .number(let value): text += value.isFinite ? "\(value)" : "null"
        case .text(let value): Self.write(value, to: &text)
        case .list(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                value.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { text += "," }
                Self.write(member.key, to: &text)
                text += ":"
                member.value.write(to: &text)
            }
            text += "}"
        }
    }

    private static func write(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            // Line separators end a line for JavaScript; < could open a tag where the text is shown by mistake.
            case "\u{0}"..."\u{1F}", "\u{7F}", "\u{2028}", "\u{2029}", "<":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
