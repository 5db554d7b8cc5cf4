import Dispatch
import Glibc

/// Signals as events of a queue: the process's usual reaction to them is switched off.
final class Signals: Sendable {
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]  // may be used from any thread

    /// Calls `received` on `queue` for each of `numbers`.
    init(_ numbers: [Int32], queue: DispatchQueue, received: @escaping @Sendable (Int32) -> Void) {
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { received(number) }
            source.resume()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
    }
}
