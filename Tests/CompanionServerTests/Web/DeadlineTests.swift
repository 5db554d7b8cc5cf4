import Testing

@testable import CompanionServer

/// Time limits of what the server waits for.
@Suite("Deadlines", .timeLimit(.minutes(1)))
struct DeadlineTests {
    @Test("what is in time gives its value, and its failure")
    func inTime() async throws {
        #expect(try await abandoning(afterSeconds: 60) { 7 } == 7)
        await #expect(throws: CancellationError.self) {
            try await abandoning(afterSeconds: 60) { () -> Int in throw CancellationError() }
        }
    }

    // A socket's ticket is a write: while the disk stalled, clients waited for their refusal as long as the disk did.
    @Test("work that does not end when it is told to is not waited for")
    func abandoned() async {
        let never = AsyncStream<Never>.makeStream()
        await #expect(throws: DeadlineExceeded.self) {
            try await abandoning(afterSeconds: 0) {
                // A task of its own does not hear of the cancellation, as a transaction does not.
                await Task { for await _ in never.stream {} }.value
            }
        }
        never.continuation.finish()
    }
}
