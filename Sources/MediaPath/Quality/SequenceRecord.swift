/// Which packets of one stream came: loss, and whether it comes in bursts.
public struct SequenceRecord: Sendable {
    /// How many numbers after the oldest that is undecided may come before it counts as lost.
    public static let window = 1_024

    /// Packets that came, each counted once.
    public private(set) var received: UInt64 = 0
    /// Packets that came after a later one.
    public private(set) var reordered: UInt64 = 0
    /// Packets that did not come.
    public private(set) var lost: UInt64 = 0
    /// Runs of packets that did not come.
    public private(set) var lossRuns: UInt64 = 0

    private let first: UInt16
    private var highest: Int64 = -1
    private var undecided: Int64 = 0
    private var hasCome = [Bool](repeating: false, count: window)
    private var isLastLost = false

    /// A stream that begins with this sequence number.
    public init(first: UInt16) { self.first = first }

    /// Takes a packet that has not come before. Numbers wrap at 16 bits [RFC 3550 A.1].
    public mutating func receive(_ sequence: UInt16) {
        let number = extended(sequence)
        // Before the first, or so late that it counts as lost already.
        guard number >= undecided else { return }
        while number - undecided >= Int64(SequenceRecord.window) { decide() }
        guard !hasCome[place(number)] else { return }
        hasCome[place(number)] = true
        received += 1
        if number > highest { highest = number } else { reordered += 1 }
    }

    /// Nothing more comes, and so many were sent in all.
    public mutating func finish(sent: UInt64) {
        while undecided < Int64(sent) { decide() }
    }

    /// Lost packets as a share of those whose fate is known.
    public var lossRatio: Double { undecided == 0 ? 0 : Double(lost) / Double(undecided) }

    /// The mean length of the runs of lost packets, relative to what it would be if each packet were lost by itself
    /// [ITU-T G.107 3.4.1]: 1 for random loss, more for bursts.
    public var burstRatio: Double {
        lossRuns == 0 ? 1 : Double(lost) / Double(lossRuns) * (1 - lossRatio)
    }

    private mutating func decide() {
        if hasCome[place(undecided)] {
            isLastLost = false
        } else {
            lost += 1
            if !isLastLost { lossRuns += 1 }
            isLastLost = true
        }
        hasCome[place(undecided)] = false
        undecided += 1
    }

    private func place(_ number: Int64) -> Int { Int(number % Int64(SequenceRecord.window)) }

    private func extended(_ sequence: UInt16) -> Int64 {
        let base = max(highest, 0)
        let expected = UInt16(truncatingIfNeeded: base) &+ first
        return base + Int64(Int16(bitPattern: sequence &- expected))
    }
}
