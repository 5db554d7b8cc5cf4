import FuzzDriver

@main enum FuzzRelayCore {
    static func main() { runFuzzer(fuzz) }
}

/// A sequence of operations on one relay: whatever clients, peers, time and operators do, nothing traps, and in the end
/// everything has been given back.
private func fuzz(_ input: RawSpan) {
    var world = FuzzWorld()
    var script = Script(input)
    while world.perform(&script) {}
    world.settle()
}

/// Numbers taken from the input, in order; 0 once it is used up.
struct Script {
    private let bytes: [UInt8]
    private var position = 0

    init(_ input: RawSpan) {
        bytes = (0..<input.byteCount).map { input.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
    }

    var isAtEnd: Bool { position >= bytes.count }

    mutating func byte() -> Int {
        guard !isAtEnd else { return 0 }
        position += 1
        return Int(bytes[position - 1])
    }

    mutating func number() -> Int { byte() << 8 | byte() }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[byte() % elements.count] }

    mutating func slice(_ count: Int) -> [UInt8] {
        let end = min(position + count, bytes.count)
        defer { position = end }
        return Array(bytes[position..<end])
    }
}
