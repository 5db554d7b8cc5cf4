/// Reads JSON text [RFC 8259], strictly: no second value, no duplicate member, no lone surrogate, no control
/// character in a string, bounded depth.
struct JSONParser {
    /// Why a text is no JSON.
    struct Failure: Error, Equatable {
        let reason: String
        let offset: Int
    }

    /// Lists and objects inside each other. Deeper ones serve to exhaust the stack.
    static let depthMax = 16

    private let bytes: [UInt8]
    private var index = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The one value that `bytes` hold.
    static func parse(_ bytes: some Collection<UInt8>) throws(Failure) -> JSON {
        var parser = JSONParser([UInt8](bytes))
        let value = try parser.value(depth: 0)
        parser.skipBlanks()
        guard parser.index == parser.bytes.count else { throw parser.failure("something follows the value") }
        return value
    }

    private mutating func value(depth: Int) throws(Failure) -> JSON {
        skipBlanks()
        guard depth <= Self.depthMax else { throw failure("nested too deeply") }
        switch peek {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try list(depth: depth)
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "t"): return try word("true", .flag(true))
        case UInt8(ascii: "f"): return try word("false", .flag(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"): return try number()
        case let digit? where 0x30...0x39 ~= digit: return try number()
        default: throw failure("a value is expected")
        }
    }

    private mutating func object(depth: Int) throws(Failure) -> JSON {
        index += 1
        var members: [String: JSON] = [:]
        skipBlanks()
        if take("}") { return .object(members) }
        while true {
            skipBlanks()
            guard peek == UInt8(ascii: "\"") else { throw failure("a member's name is expected") }
            let name = try string()
            skipBlanks()
            guard take(":") else { throw failure("a colon is expected") }
            let member = try value(depth: depth + 1)
            guard members.updateValue(member, forKey: name) == nil else { throw failure("a member is there twice") }
            skipBlanks()
            if take("}") { return .object(members) }
            guard take(",") else { throw failure("a comma is expected") }
        }
    }

    private mutating func list(depth: Int) throws(Failure) -> JSON {
        index += 1
        var values: [JSON] = []
        skipBlanks()
        if take("]") { return .list(values) }
        while true {
            values.append(try value(depth: depth + 1))
            skipBlanks()
            if take("]") { return .list(values) }
            guard take(",") else { throw failure("a comma is expected") }
        }
    }

    private mutating func word(_ word: String, _ value: JSON) throws(Failure) -> JSON {
        guard bytes[index...].starts(with: word.utf8) else { throw failure("a value is expected") }
        index += word.utf8.count
        return value
    }

    private mutating func number() throws(Failure) -> JSON {
        let start = index
        _ = take("-")
        let digits = index
        skipDigits()
        // A leading zero is octal to some readers.
        guard index > digits, index == digits + 1 || bytes[digits] != UInt8(ascii: "0") else {
            throw failure("this is no number")
        }
        var isInteger = true
        if take(".") {
            isInteger = false
            let fraction = index
            skipDigits()
            guard index > fraction else { throw failure("this is no number") }
        }
        if take("e") || take("E") {
            isInteger = false
            if !take("-") { _ = take("+") }
            let exponent = index
            skipDigits()
            guard index > exponent else { throw failure("this is no number") }
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isInteger, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw failure("the number is too large") }
        return .number(value)
    }

    private mutating func string() throws(Failure) -> String {
        index += 1
        var raw: [UInt8] = []
        while let byte = peek {
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: raw, as: UTF8.self) else { throw failure("this is no UTF-8") }
                return text
            case UInt8(ascii: "\\"): try escape(into: &raw)
            case 0..<0x20: throw failure("a control character stands in a string")
            default: raw.append(byte)
            }
        }
        throw failure("a string has no end")
    }

    private mutating func escape(into raw: inout [UInt8]) throws(Failure) {
        guard let byte = peek else { throw failure("a string has no end") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): raw.append(byte)
        case UInt8(ascii: "b"): raw.append(8)
        case UInt8(ascii: "f"): raw.append(12)
        case UInt8(ascii: "n"): raw.append(10)
        case UInt8(ascii: "r"): raw.append(13)
        case UInt8(ascii: "t"): raw.append(9)
        case UInt8(ascii: "u"):
            var value = try hexadecimal()
            if 0xD800...0xDBFF ~= value, take("\\"), take("u") {
                let low = try hexadecimal()
                guard 0xDC00...0xDFFF ~= low else { throw failure("half of a surrogate pair") }
                value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value) else { throw failure("half of a surrogate pair") }
            raw += Array(String(Character(scalar)).utf8)
        default: throw failure("an escape that does not exist")
        }
    }

    private mutating func hexadecimal() throws(Failure) -> UInt32 {
        guard index + 4 <= bytes.count else { throw failure("a string has no end") }
        var value: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw failure("an escape that does not exist")
            }
            value = value << 4 | UInt32(digit)
        }
        index += 4
        return value
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func skipDigits() {
        while let byte = peek, 0x30...0x39 ~= byte { index += 1 }
    }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { index += 1 }
    }

    private func failure(_ reason: String) -> Failure { Failure(reason: reason, offset: index) }
}
