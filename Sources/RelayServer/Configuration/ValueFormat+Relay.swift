import ConfigurationKeys
import RelayCore
import STUN

extension ValueFormat where Value == String {
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
