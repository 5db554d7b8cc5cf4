import Dispatch
import Glibc
import Testing

@testable import RelayServer

/// SIGUSR2, which nothing else of this process uses, stands for all of them.
@Suite(.serialized)
struct SignalsTests {
    private static let roundCount = 200
    private let queue = DispatchQueue(label: "tern.test.signals")

    /// A relay that was told to end right after its start went on: Dispatch registers a signal source some time later,
    /// and ignored signals are gone.
    @Test(.timeLimit(.minutes(1)))
    func aSignalRightAfterTheStartIsNotLost() async {
        for _ in 0..<Self.roundCount {
            let received = AsyncStream<Int32>.makeStream()
            let signals = Signals([SIGUSR2], queue: queue) { received.continuation.yield($0) }
            kill(getpid(), SIGUSR2)
            #expect(await received.stream.first { _ in true } == SIGUSR2)
            withExtendedLifetime(signals) {}
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func eachSignalIsToldAsTheOneThatItIs() async {
        let received = AsyncStream<Int32>.makeStream()
        let signals = Signals([SIGUSR2, SIGURG], queue: queue) { received.continuation.yield($0) }
        var told: [Int32] = []
        var stream = received.stream.makeAsyncIterator()
        for number in [SIGURG, SIGUSR2, SIGURG] {
            kill(getpid(), number)
            if let next = await stream.next() { told.append(next) }
        }
        #expect(told == [SIGURG, SIGUSR2, SIGURG])
        withExtendedLifetime(signals) {}
    }

    @Test
    func afterwardsTheSignalIsIgnoredAndEndsNothing() {
        do { _ = Signals([SIGUSR2], queue: queue) { _ in } }
        kill(getpid(), SIGUSR2)
        var action = sigaction()
        sigaction(SIGUSR2, nil, &action)
        #expect(unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1)  // SIG_IGN
    }
}
