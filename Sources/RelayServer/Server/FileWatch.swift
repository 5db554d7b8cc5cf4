import Dispatch
import Foundation
import Glibc

/// Tells when one of a set of files changes: its contents, or what its path leads to. It looks every two seconds,
/// which also sees files that are swapped through links, as secret stores and certificate tools do.
final class FileWatch: Sendable {
    private static let interval = DispatchTimeInterval.seconds(2)

    private struct Version: Equatable {
        var device: UInt64 = 0
        var node: UInt64 = 0
        var bytes: Int64 = 0
        var changed: Int64 = 0
        var nanoseconds: Int64 = 0

        init(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return }
            device = UInt64(status.st_dev)
            node = UInt64(status.st_ino)
            bytes = Int64(status.st_size)
            changed = Int64(status.st_mtim.tv_sec)
            nanoseconds = Int64(status.st_mtim.tv_nsec)
        }
    }

    nonisolated(unsafe) private let timer: any DispatchSourceTimer  // Dispatch sources may be used from any thread

    /// Watches `paths` and calls `changed` on `queue` with those that did.
    init(_ paths: [String], queue: DispatchQueue, changed: @escaping @Sendable ([String]) -> Void) {
        let timer = DispatchSource.makeTimerSource(queue: queue)
        nonisolated(unsafe) var versions = paths.map(Version.init)  // touched on the serial queue alone
        timer.schedule(deadline: .now() + Self.interval, repeating: Self.interval, leeway: .milliseconds(200))
        timer.setEventHandler {
            let current = paths.map(Version.init)
            let different = paths.indices.filter { current[$0] != versions[$0] }.map { paths[$0] }
            versions = current
            if !different.isEmpty { changed(different) }
        }
        self.timer = timer
        timer.resume()
    }

    deinit {
        timer.cancel()
    }
}
