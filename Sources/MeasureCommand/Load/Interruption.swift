import Glibc
import Synchronization

/// Ctrl-C, or a request to end, while a load runs: the first ends it in good order, a second one at once.
enum Interruption {
    /// Whether it has come.
    static var hasCome: Bool { flag.load(ordering: .relaxed) }

    /// Takes it from now on.
    static func expect() {
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                flag.store(true, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
    }
}

/// A handler of signals may touch no more than this.
private let flag = Atomic<Bool>(false)
