extension EmbeddedProgram {
    /// The object, decoded; empty when it could not be built.
    static var bytes: [UInt8] {
        hexadecimal.withUTF8Buffer { text in
            let digits = text.filter { $0 != UInt8(ascii: "\n") }
            return stride(from: 0, to: digits.count & ~1, by: 2).map { digit(digits[$0]) << 4 | digit(digits[$0 + 1]) }
        }
    }

    private static func digit(_ character: UInt8) -> UInt8 {
        character & 0xf &+ (character > UInt8(ascii: "9") ? 9 : 0)
    }
}
