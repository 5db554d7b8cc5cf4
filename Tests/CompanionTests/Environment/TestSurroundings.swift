import Companion
import Synchronization

/// A clock that stands still until a test moves it, and random bytes that are the same in every run.
final class TestSurroundings: Sendable {
    private let time: Mutex<Int64>
    private let generator: Mutex<UInt64>

    /// 2025-06-15 12:00:00 UTC.
    static let start: Int64 = 1_749_988_800_000

    init(seed: UInt64 = 1, now: Int64 = start) {
        time = Mutex(now)
        generator = Mutex(seed)
    }

    var now: Int64 { time.withLock { $0 } }

    func advance(milliseconds: Int64) { time.withLock { $0 += milliseconds } }

    func advance(seconds: Int64) { advance(milliseconds: seconds * 1000) }

    /// What services get.
    var surroundings: Surroundings {
        Surroundings(now: { self.now }, random: { count in (0..<count).map { _ in self.byte() } })
    }

    /// SplitMix64.
    private func byte() -> UInt8 {
        generator.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return UInt8(truncatingIfNeeded: mixed ^ mixed >> 31)
        }
    }
}
