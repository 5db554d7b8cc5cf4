/// The fingerprint of a certificate [RFC 8122 5], written in one way only, so that two spellings are one fingerprint.
public struct Fingerprint: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The hash functions that are strong enough, and how many bytes they yield.
    static let functions: [(name: String, bytes: Int)] = [("sha-256", 32), ("sha-384", 48), ("sha-512", 64)]

    /// The hash function in lower case, a blank, and the bytes in upper-case hexadecimal digits with colons.
    public let description: String

    /// Reads the value of an `a=fingerprint` line.
    ///
    /// - Returns: nil when it is malformed.
    /// - Throws: when its hash function is too weak.
    static func read(_ value: Substring) throws(DescriptionProblem) -> Fingerprint? {
        let parts = value.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        // RFC 8122: hash-func is not sensitive to case.
        let name = parts[0].lowercased()
        guard let function = functions.first(where: { $0.name == name }) else {
            guard name.utf8.allSatisfy({ (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d })
            else { return nil }
            throw .weakFingerprint
        }
        let digits = parts[1].uppercased()
        guard digits.utf8.count == function.bytes * 3 - 1 else { return nil }
        for (index, byte) in digits.utf8.enumerated() {
            let digit = (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte)
            guard index % 3 == 2 ? byte == 0x3a : digit else { return nil }
        }
        return Fingerprint(description: name + " " + digits)
    }

    /// The order of the texts.
    public static func < (left: Fingerprint, right: Fingerprint) -> Bool { left.description < right.description }
}
