import CLinux
public import Dispatch
import Glibc

/// Signals as events of a queue: the process's usual reaction to them is switched off.
///
/// None is lost that comes after `init` has returned. A signal source of Dispatch is registered some time later, and
/// what comes before that is ignored.
public final class Signals: Sendable {
    private let numbers: [Int32]
    nonisolated(unsafe) private let sources: [any DispatchSourceRead]  // may be used from any thread

    /// Calls `received` on `queue` for each of `numbers`; several of one number may be told as one.
    public init(_ numbers: [Int32], queue: DispatchQueue, received: @escaping @Sendable (Int32) -> Void) {
        self.numbers = numbers
        sources = numbers.map { number in
            let descriptor = clinux_expect_signal(number)
            precondition(descriptor >= 0, "signal \(number) cannot be expected: errno \(-descriptor)")
            let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
            source.setEventHandler {
                var count: UInt64 = 0
                if read(descriptor, &count, MemoryLayout.size(ofValue: count)) > 0 { received(number) }
            }
            source.resume()
            return source
        }
    }

    deinit {
        for number in numbers { clinux_ignore_signal(number) }
        for source in sources { source.cancel() }
    }
}
