import Testing

@testable import Load

@Suite("Flows")
struct FlowTests {
    private func arrivals(_ numbers: [UInt64]) -> [FlowRecord.Arrival] {
        var flow = FlowRecord()
        return numbers.map { flow.receive($0, transit: 1_000) }
    }

    @Test("gaps, late packets and repetitions are told apart")
    func arrivals() {
        #expect(
            arrivals([0, 1, 3, 2, 3, 2, 4]) == [.inOrder, .inOrder, .inOrder, .late, .duplicate, .duplicate, .inOrder])
        #expect(arrivals([0, 200, 199, 137, 136]) == [.inOrder, .inOrder, .late, .late, .late])
        #expect(arrivals([0, 63, 0]) == [.inOrder, .inOrder, .duplicate])
    }

    @Test("jitter follows RFC 3550")
    func jitter() {
        var flow = FlowRecord()
        for transit: Int64 in [1_000, 1_000, 1_000] { _ = flow.receive(0, transit: transit) }
        #expect(flow.jitter == 0)
        _ = flow.receive(1, transit: 2_600)
        #expect(flow.jitter == 100)
    }

    @Test("the search for capacity ends within a twentieth of the truth", arguments: [3.0, 990, 12_345, 2_000_000])
    func search(truth: Double) throws {
        var search = CapacitySearch(start: 1_000)
        var steps = 0
        while let rate = search.next {
            search.record(passed: rate <= truth)
            steps += 1
        }
        let best = try #require(search.best)
        #expect(best <= truth && best >= truth * 0.9 && steps <= CapacitySearch.stepLimit)
    }

    @Test("a search where nothing passes ends, too")
    func hopeless() {
        var search = CapacitySearch(start: 100)
        while search.next != nil { search.record(passed: false) }
        #expect(search.best == nil)
    }
}
