internal import Integrity
internal import STUN

/// Numbers nobody can guess, from a secret key and a counter: reservation tokens and transaction identifiers.
struct TokenSource: ~Copyable {
    private var mac = MessageAuthenticator()
    private let key: [UInt8]
    private let loop: UInt8
    private var counter: UInt64 = 0

    init(key: [UInt8], loop: UInt8) {
        self.key = key
        self.loop = loop
    }

    mutating func next() -> (first: UInt64, second: UInt64) {
        counter += 1
        let (counter, loop, key) = (counter, loop, key)
        let text: [9 of UInt8] = .init { $0 == 8 ? loop : UInt8(truncatingIfNeeded: counter >> UInt64($0 * 8)) }
        let code = mac.sha256(key: key.span, text.span)
        var numbers: (first: UInt64, second: UInt64) = (0, 0)
        for index in 0..<8 {
            numbers.first = numbers.first << 8 | UInt64(code[index])
            numbers.second = numbers.second << 8 | UInt64(code[index + 8])
        }
        return numbers
    }

    mutating func nextTransactionID() -> TransactionID {
        let numbers = next()
        return TransactionID(high: UInt32(truncatingIfNeeded: numbers.first), low: numbers.second)
    }
}
