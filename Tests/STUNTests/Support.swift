import STUN

/// Numbers that look random and repeat for the same seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// A seed that nobody chose, printed so that a failure can be repeated.
    static func freshSeed(_ test: String = #function) -> UInt64 {
        let seed = UInt64.random(in: .min ... .max)
        print("\(test): seed \(seed)")
        return seed
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    mutating func address() -> TransportAddress {
        let ip =
            Bool.random(using: &self)
            ? IPAddress(ipv4: UInt32.random(in: 0...UInt32.max, using: &self))
            : IPAddress(ipv6High: next(), low: next())
        return TransportAddress(ip: ip, port: UInt16.random(in: 0...UInt16.max, using: &self))
    }
}

let someID = TransactionID(high: 0x0102_0304, low: 0x0506_0708_090A_0B0C)

/// A message built in a buffer that held other traffic before.
func message(
    _ type: MessageType = MessageType(.allocate, .request), id: TransactionID = someID, capacity: Int = 2048,
    _ fill: (inout MessageWriter, inout MutableRawSpan) -> Void = { _, _ in }
) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: capacity)
    var elements = bytes.mutableSpan
    var buffer = elements.mutableBytes
    var writer = MessageWriter(type, id, into: &buffer)
    fill(&writer, &buffer)
    return Array(bytes[..<writer.count])
}

/// A message with these attributes, written by hand: the writer cannot make what is malformed.
func handmade(_ attributes: [(type: UInt16, value: [UInt8])], type: UInt16 = 0x0003) -> [UInt8] {
    var body: [UInt8] = []
    for attribute in attributes {
        body += bigEndian(attribute.type) + bigEndian(UInt16(attribute.value.count)) + attribute.value
        while body.count % 4 != 0 { body.append(0) }
    }
    return bigEndian(type) + bigEndian(UInt16(body.count)) + [0x21, 0x12, 0xA4, 0x42] + Array(1...12) + body
}

func bigEndian(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }

func parse(_ bytes: [UInt8]) throws(ParseFailure) -> MessageIndex { try MessageIndex.parse(bytes.span.bytes) }

func failure(_ bytes: [UInt8]) -> ParseFailure? {
    do {
        _ = try parse(bytes)
        return nil
    } catch {
        return error
    }
}
