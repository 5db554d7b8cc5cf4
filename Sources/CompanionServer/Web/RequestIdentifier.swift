/// Names one request in its answer and in the log, so that who sees the one finds the other.
enum RequestIdentifier {
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567")

    /// 60 random bits: enough to tell requests apart, and worth nothing to whoever guesses one.
    static func make() -> String {
        var bits = UInt64.random(in: .min ... .max)
        return String(
            (0..<12).map { _ in
                defer { bits >>= 5 }
                return alphabet[Int(bits & 31)]
            })
    }
}
