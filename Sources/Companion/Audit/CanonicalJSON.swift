/// JSON of which there is one form only: keys in the order of their bytes, no blanks, and in texts nothing escaped but
/// quotes, backslashes and control characters. What a digest is computed over.
enum CanonicalJSON {
    static func object(_ fields: [(key: String, value: AuditValue?)]) -> String {
        let ordered = fields.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return "{" + ordered.map { "\(text($0.key)):\(value($0.value))" }.joined(separator: ",") + "}"
    }

    static func value(_ value: AuditValue?) -> String {
        switch value {
        case .text(let text): self.text(text)
        case .integer(let number): "\(number)"
        case .flag(let flag): flag ? "true" : "false"
        case nil: "null"
        }
    }

    static func text(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case _ where scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value:
                let digits = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}
