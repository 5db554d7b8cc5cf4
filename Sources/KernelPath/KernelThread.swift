import CBPF
import Dispatch
import Foundation
import Glibc
import Synchronization

/// The thread that does what takes rights: it loads the program, attaches it, and watches the network for changes.
///
/// Capabilities belong to threads. A service that has been granted some hands them to this one thread before it starts
/// any other (`reserve`); the thread gives them up when the program hangs on its interfaces.
public final class KernelThread: Sendable {
    private struct Work {
        var jobs: [@Sendable () -> Void] = []
        var onChange: (@Sendable (_ interfacesToo: Bool) -> Void)?
        var isEnding = false
    }

    private let work = Mutex(Work())
    private let wake: Int32
    private let identity = Mutex<pthread_t?>(nil)

    /// How long further changes are gathered after one, in microseconds: they are followed this often at most.
    private static let gatheringMicroseconds: UInt32 = 20_000

    private static let reservation = Mutex<KernelThread?>(nil)

    /// The thread that `reserve` gave the rights to.
    public static var reserved: KernelThread? { reservation.withLock(\.self) }

    /// Moves the rights that the kernel path takes from the calling thread, and all that it will start, to a thread of
    /// their own. Nothing happens when there are none, when other threads have them already, or for root, who could
    /// have them back any time.
    public static func reserve() {
        guard geteuid() != 0, cbpf_rights_held() != 0, cbpf_is_alone() != 0 else { return }
        reservation.withLock { $0 = KernelThread() }
        let kept = cbpf_maps_need_rights() != 0 ? UInt64(1) << UInt64(CAP_BPF) : 0
        _ = cbpf_drop(cbpf_rights() & ~kept)
    }

    /// A thread with the rights and in the network namespace of the calling one.
    public init() {
        wake = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(wake >= 0, "no descriptor for a thread's wake-up")
        let thread = Thread { [self] in run() }
        thread.name = "tern-kernel"
        thread.start()
    }

    /// Does something on the thread, and waits for it.
    func perform<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> Result {
        if identity.withLock({ $0.map { pthread_equal($0, pthread_self()) != 0 } ?? false }) { return body() }
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Result?>(nil)
        work.withLock {
            $0.jobs.append {
                let value = body()
                result.withLock { $0 = value }
                done.signal()
            }
        }
        eventfd_write(wake, 1)
        done.wait()
        return result.withLock { $0! }
    }

    /// Calls `body` on the thread after changes of the network; with nil no longer.
    func watch(_ body: (@Sendable (_ interfacesToo: Bool) -> Void)?) {
        work.withLock { $0.onChange = body }
        eventfd_write(wake, 1)
    }

    /// Ends the thread; one that has been reserved goes on.
    func end() {
        guard Self.reserved !== self else { return }
        work.withLock { $0.isEnding = true }
        eventfd_write(wake, 1)
    }

    /// Gives up rights for good, unless this is a process of root's or the thread shares them with others.
    func drop(_ rights: UInt64) {
        if Self.reserved === self { _ = cbpf_drop(rights) }
    }

    private func run() {
        identity.withLock { $0 = pthread_self() }
        var network: Int32 = -1
        while true {
            let (jobs, onChange, isEnding) = work.withLock { work in
                defer { work.jobs = [] }
                return (work.jobs, work.onChange, work.isEnding)
            }
            for job in jobs { job() }
            if isEnding { break }
            if onChange != nil, network < 0 { network = cbpf_watch() }
            var waits = [
                pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
                pollfd(fd: onChange == nil ? -1 : network, events: Int16(POLLIN), revents: 0),
            ]
            _ = poll(&waits, nfds_t(waits.count), -1)
            var count: eventfd_t = 0
            eventfd_read(wake, &count)
            if waits[1].revents != 0 {
                let changes = cbpf_read_changes(network)
                if changes != 0 { onChange?(changes & Int32(CBPF_INTERFACES_CHANGED) != 0) }
                usleep(Self.gatheringMicroseconds)
            }
        }
        if network >= 0 { close(network) }
        close(wake)
    }
}
