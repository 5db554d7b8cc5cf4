/// How much the transit of packets varies [RFC 3550 6.4.1, A.8].
public struct InterarrivalJitter: Sendable {
    private let clockRate: Double
    private var lastTransit: UInt32?
    private var estimate = 0.0

    /// For timestamps of so many units per second.
    public init(clockRate: Double) { self.clockRate = clockRate }

    /// Takes a packet with this timestamp that arrived at this time.
    public mutating func receive(timestamp: UInt32, arrivalNanoseconds: UInt64) {
        let arrival = UInt64((Double(arrivalNanoseconds) * clockRate / 1e9).rounded())
        // Both wrap; only differences matter.
        let transit = UInt32(truncatingIfNeeded: arrival) &- timestamp
        if let lastTransit {
            let difference = Double(abs(Int64(Int32(bitPattern: transit &- lastTransit))))
            estimate += (difference - estimate) / 16
        }
        lastTransit = transit
    }

    /// The estimate in milliseconds.
    public var milliseconds: Double { estimate / clockRate * 1_000 }
}
