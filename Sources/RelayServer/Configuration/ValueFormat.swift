import RelayCore
import STUN

/// Why a text is no value of a key, and what to write instead.
struct BadValue: Error {
    var problem: String
    var remedy: String
}

/// How values of one kind are read from text and written as text.
struct ValueFormat<Value: Sendable>: Sendable {
    /// Stands for the value in help texts.
    let placeholder: String
    let parse: @Sendable (String) throws(BadValue) -> Value
    let describe: @Sendable (Value) -> String

    init(
        _ placeholder: String, parse: @escaping @Sendable (String) throws(BadValue) -> Value,
        describe: @escaping @Sendable (Value) -> String
    ) {
        self.placeholder = placeholder
        self.parse = parse
        self.describe = describe
    }
}

extension ValueFormat where Value: LosslessStringConvertible {
    /// Values that read and write themselves.
    static func of(_ placeholder: String, _ name: String, remedy: String) -> Self {
        Self(placeholder) { text throws(BadValue) in
            guard let value = Value(text) else {
                throw BadValue(problem: "\(text.quoted) is not \(name)", remedy: remedy)
            }
            return value
        } describe: {
            $0.description
        }
    }
}

extension ValueFormat where Value: RawRepresentable<String> & CaseIterable {
    /// One of a few words.
    static func word(_ placeholder: String) -> Self {
        Self(placeholder) { text throws(BadValue) in
            guard let value = Value(rawValue: text) else {
                let words = Value.allCases.map(\.rawValue)
                throw BadValue(
                    problem: "\(text.quoted) is not one of the words allowed",
                    remedy: "write one of \(words.joined(separator: ", "))"
                        + (Suggestion.closest(to: text, among: words).map { " (did you mean \($0)?)" } ?? ""))
            }
            return value
        } describe: {
            $0.rawValue
        }
    }
}

extension ValueFormat where Value == String {
    /// Text that is not empty.
    static func text(_ placeholder: String) -> Self {
        Self(placeholder) { text throws(BadValue) in
            guard !text.isEmpty else { throw BadValue(problem: "the value is empty", remedy: "write a value") }
            return text
        } describe: {
            $0
        }
    }

    /// A realm: a quoted string of RFC 3261 without what would need escaping, 127 characters at most (RFC 8489 14.9).
    static let realm = Self("NAME") { text throws(BadValue) in
        let allowed = text.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control && $0 != "\"" && $0 != "\\" && $0 != ":"
        }
        guard !text.isEmpty, text.count <= 127, allowed else {
            throw BadValue(
                problem: "\(text.quoted) cannot be a realm",
                remedy: "write 1 to 127 characters without quotes, backslashes and colons, for example example.org")
        }
        return text
    } describe: {
        $0
    }
}

extension ValueFormat where Value == Bool {
    /// Yes or no.
    static let flag = Self("") { text throws(BadValue) in
        switch text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw BadValue(problem: "\(text.quoted) is neither true nor false", remedy: "write true or false")
        }
    } describe: {
        $0 ? "true" : "false"
    }
}

extension ValueFormat where Value: FixedWidthInteger & Sendable {
    /// A whole number within bounds.
    static func number(_ range: ClosedRange<Int>) -> Self {
        bounded("NUMBER", range, { Int($0) }, String.init(describing:)) {
            "write a whole number from \($0) to \($1)"
        }
    }

    /// A time in whole seconds within bounds.
    static func seconds(_ range: ClosedRange<Int>) -> Self {
        bounded("DURATION", range, DurationText.seconds, DurationText.describe(seconds:)) {
            "write a duration from \($0) to \($1), such as 30s, 10m or 1h"
        }
    }

    /// A time in milliseconds within bounds.
    static func milliseconds(_ range: ClosedRange<Int>) -> Self {
        bounded("DURATION", range, DurationText.milliseconds, DurationText.describe(milliseconds:)) {
            "write a duration from \($0) to \($1), such as 200ms or 2s"
        }
    }

    /// A number of bytes within bounds.
    static func bytes(_ range: ClosedRange<Int>) -> Self {
        bounded("BYTES", range, ByteCountText.bytes, ByteCountText.describe) {
            "write a number of bytes from \($0) to \($1), such as 65536 or 64KiB"
        }
    }

    private static func bounded(
        _ placeholder: String, _ range: ClosedRange<Int>, _ read: @escaping @Sendable (String) -> Int?,
        _ write: @escaping @Sendable (Int) -> String, remedy: @escaping @Sendable (String, String) -> String
    ) -> Self {
        Self(placeholder) { text throws(BadValue) in
            guard let number = read(text), range.contains(number), let value = Value(exactly: number) else {
                throw BadValue(
                    problem: "\(text.quoted) is not a value that is allowed",
                    remedy: remedy(write(range.lowerBound), write(range.upperBound)))
            }
            return value
        } describe: {
            write(Int($0))
        }
    }
}

extension ValueFormat where Value == Character {
    /// A single printable ASCII character that is no letter and no digit.
    static let separator = Self("CHARACTER") { text throws(BadValue) in
        guard text.count == 1, let character = text.first, character.isASCII, !character.isLetter, !character.isNumber,
            character > " ", character != "\u{7f}"
        else {
            throw BadValue(
                problem: "\(text.quoted) cannot separate the expiry from the identifier",
                remedy: "write one punctuation character, for example \":\"")
        }
        return character
    } describe: {
        String($0)
    }
}

extension ValueFormat where Value == ListenerAddress {
    static let listener = of(
        "URI", "a listener",
        remedy: "write udp://, tcp:// or tls://, an address or *, and a port, for example udp://*:3478")
}

extension ValueFormat where Value == TransportAddress {
    static let endpoint = of(
        "ADDRESS:PORT", "an address with a port", remedy: "write for example 127.0.0.1:9641 or [::1]:9641")
}

extension ValueFormat where Value == RelayAddress {
    static let relayAddress = of(
        "ADDRESS[/EXTERNAL]", "an address to relay on",
        remedy: "write an address, or the local and the external one of the same family, for example 10.0.0.5/192.0.2.5"
    )
}

extension ValueFormat where Value == PortRange {
    static let ports = of(
        "FIRST-LAST", "a range of ports", remedy: "write two ports from 1 to 65535, for example 49152-65535")
}

extension ValueFormat where Value == ChannelNumberRange {
    static let channelNumbers = of(
        "FIRST-LAST", "a range of channel numbers",
        remedy: "write 0x4000-0x4fff, or up to 0x4000-0x7ffe for clients of RFC 5766")
}

extension ValueFormat where Value == CredentialExpiry {
    static let expiry = Self("POLICY") { text throws(BadValue) in
        guard let expiry = CredentialExpiry(configured: text) else {
            throw BadValue(
                problem: "\(text.quoted) is not a policy for expired credentials",
                remedy: "write end, call or grace:DURATION, such as grace:10m")
        }
        return expiry
    } describe: {
        $0.configuredText
    }
}

extension ValueFormat where Value == ClassExpiry {
    static let classExpiry = of(
        "CLASS=POLICY", "the policy of a class",
        remedy: "write CLASS=end, CLASS=call or CLASS=grace:DURATION, such as guests=grace:10m")
}

extension ValueFormat where Value == SecretFile {
    static let secretFile = of(
        "[CLASS=]FILE", "the path of a secret file", remedy: "write a path, or CLASS=PATH")
}

extension ValueFormat where Value == CIDR {
    static let block = Self("CIDR") { text throws(BadValue) in
        do throws(AddressPolicyError) {
            return try CIDR.parse(text)
        } catch {
            switch error.problem {
            case .notAnAddress:
                throw BadValue(
                    problem: "\(text.quoted) is not a range of addresses",
                    remedy: "write CIDR notation, for example 192.0.2.0/24 or 2001:db8::/32")
            case .badPrefixLength(let bits):
                throw BadValue(
                    problem: "\(text.quoted) has a bad prefix length",
                    remedy: "write a number from 0 to \(bits) after the slash")
            case .hostBitsSet(let network, let length):
                throw BadValue(
                    problem: "\(text.quoted) has bits set after its prefix",
                    remedy: "write \(network)/\(length) for the network, or the address alone for one host")
            }
        }
    } describe: {
        $0.description
    }
}

extension ValueFormat where Value == ClearTextUser {
    static let user = Self("NAME:PASSWORD") { text throws(BadValue) in
        // Not quoted: what was typed may be a password.
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex, text.index(after: colon) != text.endIndex
        else { throw BadValue(problem: "a user has no name or no password", remedy: "write NAME:PASSWORD") }
        return ClearTextUser(name: String(text[..<colon]), password: String(text[text.index(after: colon)...]))
    } describe: {
        "\($0.name):\($0.password)"
    }
}
