import Testing

@testable import RelayServer

@Suite struct LogTimeTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_400_007, "2000-02-29T00:00:00.007Z"),
        (1_795_535_520_123, "2026-11-24T15:52:00.123Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
    ])
    func timesAreInUTC(_ milliseconds: Int64, _ expected: String) {
        #expect(LogTime.text(milliseconds) == expected)
    }
}
