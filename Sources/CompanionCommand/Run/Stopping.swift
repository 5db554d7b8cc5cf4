import Dispatch
import Foundation

/// Ends work when the process is told to end.
enum Stopping {
    /// Runs `body`, and cancels it at the first of these signals.
    static func whenTold(by numbers: [Int32], _ body: @escaping @Sendable () async throws -> Void) async throws {
        let work = Task { try await body() }
        let queue = DispatchQueue(label: "tern.companion.signals")
        let sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { work.cancel() }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        try await work.value
    }
}
