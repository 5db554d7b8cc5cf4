/// A user with a password of their own, as a line of the users file has it:
///
///     alice md5:0123…cdef sha256:0123…cdef realm:example.test
///
/// The keys count for one realm only, therefore it stands there too: a file for another realm is found at the start
/// and not when nobody can sign in.
public struct UserRecord: Sendable, Equatable {
    /// The user's name, OpaqueString-prepared.
    public let name: String
    /// The realm the key was made for.
    public let realm: String
    /// The key made from the password.
    public let key: LongTermKey

    /// A user with a password.
    public init(name: String, realm: String, password: String) throws(OpaqueStringFailure) {
        self.name = try OpaqueString.prepare(name)
        self.realm = try OpaqueString.prepare(realm)
        key = LongTermKey(
            preparedUsername: self.name, realm: self.realm, password: try OpaqueString.prepare(password))
    }

    /// Reads a line of the users file; nil when it has another form.
    public init?(line: String) {
        // From the end: a name may have anything in it, blanks too.
        guard let realmStart = Self.last(" realm:", in: line[...]),
            let sha256Start = Self.last(" sha256:", in: line[..<realmStart.lowerBound]),
            let md5Start = Self.last(" md5:", in: line[..<sha256Start.lowerBound]),
            let md5 = Hexadecimal.decode(line[md5Start.upperBound..<sha256Start.lowerBound]), md5.count == 16,
            let sha256 = Hexadecimal.decode(line[sha256Start.upperBound..<realmStart.lowerBound]),
            sha256.count == 32,
            let name = try? OpaqueString.prepare(String(line[..<md5Start.lowerBound])),
            let realm = try? OpaqueString.prepare(String(line[realmStart.upperBound...]))
        else { return nil }
        self.name = name
        self.realm = realm
        key = LongTermKey(md5: .init { md5[$0] }, sha256: .init { sha256[$0] })
    }

    /// The line for the users file.
    public var line: String {
        "\(name) md5:\(Hexadecimal.encode(key.md5.span)) sha256:\(Hexadecimal.encode(key.sha256.span)) realm:\(realm)"
    }

    private static func last(_ mark: String, in text: Substring) -> Range<String.Index>? {
        var end = text.endIndex
        while end > text.startIndex {
            let start = text.index(before: end)
            if text[start...].hasPrefix(mark) {
                return start..<text.index(start, offsetBy: mark.count)
            }
            end = start
        }
        return nil
    }
}
