import Foundation
import TURNClient

extension LoadRun {
    /// How long what was sent in clear may take to arrive, in seconds.
    private static let openSeconds = 2.0

    /// Once packets were sent: what media came to, and what is proven.
    func conclude(_ inspection: MediaInspection, _ result: inout LoadResult) {
        result.media = inspection.result
        guard inspection.proof != nil else { return }
        if result.ready > 0 {
            control.give(.control)
            wait(LoadRun.openSeconds) { inspection.board.outcomes.contains { $0.openArrivals > 0 } }
            // What came is told with a delay, and what is still under way would end up in the next look.
            Thread.sleep(forTimeInterval: 0.2)
            inspection.lookAtMemory()
        }
        _ = settled()
        result.proof = inspection.judge()
    }
}
