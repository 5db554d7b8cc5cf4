import CLinux
import EventLoop
import Foundation
import RelayCore
import Synchronization

/// A loop's thread: makes the loop, runs it, and tells when it has ended.
final class LoopThread: Sendable {
    let mailbox: Mailbox
    private let ended = DispatchSemaphore(value: 0)
    private let hasEnded = Atomic<Bool>(false)

    /// Bytes of a loop's stack: it calls into OpenSSL, and nothing in it recurses.
    private static let stackBytes = 1 << 20

    /// A thread that is not running yet.
    init(mailbox: Mailbox) {
        self.mailbox = mailbox
    }

    /// Everything that a loop is made of.
    struct Parts: Sendable {
        var settings: LoopSettings
        var core: RelaySettings
        var seed: RelaySeed
        var listeners: [ListeningSocket]
        var tls: TLSContext?
        var handOver: HandOver
        var observer: any LoopObserver
        var forwarder: (any ChannelForwarder)?
    }

    /// Starts the loop.
    func start(_ parts: Parts) {
        let thread = Thread { [self] in
            clinux_name_thread("tern-loop-\(parts.settings.index)")
            let relay = Relay(
                settings: parts.core, loop: parts.settings.index, directory: parts.settings.directory, seed: parts.seed)
            var loop = EventLoop(
                settings: parts.settings, core: relay, listeners: parts.listeners, tls: parts.tls, mailbox: mailbox,
                handOver: parts.handOver)
            loop.observer = parts.observer
            loop.replace(forwarder: parts.forwarder)
            loop.run()
            hasEnded.store(true, ordering: .releasing)
            ended.signal()
        }
        thread.stackSize = Self.stackBytes
        thread.start()
    }

    /// Asks the loop to end and waits, at most `seconds`. False when it still runs.
    func stop(seconds: Double) -> Bool {
        mailbox.post { $0.stop() }
        return hasEnded.load(ordering: .acquiring) || ended.wait(timeout: .now() + seconds) == .success
    }
}
