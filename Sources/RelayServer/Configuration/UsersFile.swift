/// One user of a users file: a name and the two keys of its password, never the password.
public struct HashedUser: Hashable, Sendable {
    /// The username.
    public var name: String
    /// MD5 of `username:realm:password`, 16 bytes (RFC 8489 section 9.2.2).
    public var md5: [UInt8]
    /// SHA-256 of the same, 32 bytes (RFC 8489 section 18.5.1).
    public var sha256: [UInt8]

    /// A user with these keys.
    public init(name: String, md5: [UInt8], sha256: [UInt8]) {
        self.name = name
        self.md5 = md5
        self.sha256 = sha256
    }

    /// The line of a users file that stands for the user.
    public var line: String { "\(name):\(Hexadecimal.text(md5)):\(Hexadecimal.text(sha256))" }
}

/// Users with hashed keys: a line `name:md5:sha256` each, empty lines and lines that begin with `#` aside.
public enum UsersFile {
    /// A line that is no user.
    struct BadLine: Error {
        var number: Int
        var reason: BadValue
    }

    /// The users of a file's text, in order.
    static func parse(_ text: String) throws(BadLine) -> [HashedUser] {
        var users: [HashedUser] = []
        var lineOfName: [String: Int] = [:]
        for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = raw.trimmed
            if line.isEmpty || line.hasPrefix("#") { continue }
            let number = index + 1
            let user: HashedUser
            do {
                user = try parse(line: line)
            } catch {
                throw BadLine(number: number, reason: error)
            }
            if let earlier = lineOfName.updateValue(number, forKey: user.name) {
                throw BadLine(
                    number: number,
                    reason: BadValue(
                        problem: "the user \(user.name.quoted) stands on line \(earlier) too",
                        remedy: "keep one of them"))
            }
            users.append(user)
        }
        return users
    }

    private static func parse(line: String) throws(BadValue) -> HashedUser {
        // From the end: keys hold no colon, names may.
        let remedy = "write NAME:MD5:SHA256 as 'tern credentials hash' prints it"
        guard let last = line.lastIndex(of: ":"), let middle = line[..<last].lastIndex(of: ":"),
            middle > line.startIndex
        else {
            throw BadValue(problem: "this is no line of a users file", remedy: remedy)
        }
        guard let md5 = Hexadecimal.bytes(line[line.index(after: middle)..<last]), md5.count == 16 else {
            throw BadValue(problem: "the MD5 key is not 32 hexadecimal digits", remedy: remedy)
        }
        guard let sha256 = Hexadecimal.bytes(line[line.index(after: last)...]), sha256.count == 32 else {
            throw BadValue(problem: "the SHA-256 key is not 64 hexadecimal digits", remedy: remedy)
        }
        return HashedUser(name: String(line[..<middle]), md5: md5, sha256: sha256)
    }
}

/// Bytes as hexadecimal digits.
public enum Hexadecimal {
    /// Two lower-case digits per byte.
    public static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        var text = ""
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return text
    }

    /// The bytes; `nil` when the text has an odd length or another character.
    public static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}
