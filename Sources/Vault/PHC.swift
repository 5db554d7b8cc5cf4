/// The head of a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
///
/// What a database tells to compute is not followed blindly: a row that asks for the memory of the machine is no hash.
struct PHC: Hashable {
    let kibibytes: UInt32
    let passes: UInt32

    static let kibibytesMax: UInt32 = 262_144
    static let passesMax: UInt32 = 16

    init(kibibytes: UInt32, passes: UInt32) {
        self.kibibytes = kibibytes
        self.passes = passes
    }

    /// Nil for what is no Argon2id hash within the limits.
    init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, parts[1] == "argon2id", parts[2] == "v=19" else { return nil }
        let costs = parts[3].split(separator: ",")
        guard costs.count == 3, costs[0].hasPrefix("m="), costs[1].hasPrefix("t="), costs[2] == "p=1",
            let kibibytes = UInt32(costs[0].dropFirst(2)), let passes = UInt32(costs[1].dropFirst(2)),
            8...Self.kibibytesMax ~= kibibytes, 1...Self.passesMax ~= passes
        else { return nil }
        self.init(kibibytes: kibibytes, passes: passes)
    }

    func text(salt: [UInt8], hash: [UInt8]) -> String {
        "$argon2id$v=19$m=\(kibibytes),t=\(passes),p=1$\(Self.base64(salt))$\(Self.base64(hash))"
    }

    /// Base64 without padding.
    private static func base64(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var count: UInt32 = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(alphabet[Int(bits >> count & 63)])
            }
        }
        if count > 0 { text.append(alphabet[Int(bits << (6 - count) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
