extension LoadResult {
    /// Shares of the latency's distribution that a chart shows.
    private static let shares = [
        0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999, 1,
    ]

    /// What was counted between two reports, `seconds` apart.
    mutating func take(
        _ after: LoadControl.Report, _ before: LoadControl.Report, seconds: Double, profile: TrafficProfile
    ) {
        let sum = after.counters - before.counters
        let histogram = after.latency.since(before.latency)
        self.seconds = seconds
        sent = sum.sent
        received = sum.received
        duplicates = sum.duplicates
        reordered = sum.reordered
        strays = sum.strays == 0 ? nil : sum.strays
        missed = sum.missed
        allocated = sum.allocated
        refreshed = sum.refreshed
        answers = sum.answers
        failed = max(failed, after.counters.failed)
        if profile.carriesData || profile == .allocations {
            lost = sent - min(sent, received)
            lossPercent = sent == 0 ? 0 : 100 * Double(lost) / Double(sent)
        }
        sentPerSecond = Double(sent) / seconds
        receivedPerSecond = Double(received) / seconds
        megabits = Double(sum.receivedBytes) * 8 / seconds / 1e6
        latency = Latency(histogram)
        setup = Latency(after.setup)
        jitterUs = after.jitter / 1_000
        generatorCores = Double(sum.cpuNanoseconds) / 1e9 / seconds
        generatorUsPerPacket = received == 0 ? nil : Double(sum.cpuNanoseconds) / 1_000 / Double(received)
        if profile.carriesData { take(after.ways) }
        percentiles = zip(Self.shares, histogram.quantiles(Self.shares)).compactMap { share, value in
            value.map { Percentile(percent: share * 100, microseconds: Double($0) / 1_000) }
        }
    }

    /// Which ways packets took.
    mutating func take(_ ways: LoadWays) {
        sendsBy = ways.sendsFrames ? "frames" : "sockets"
        countsIn = ways.countsInKernel ? "kernel" : "sockets"
        let causes = [
            ways.sendsSocketsBecause.map { "packets leave through sockets: \($0)" },
            ways.readsSocketsBecause.map { "arrivals are read from sockets: \($0)" },
        ]
        let text = causes.compactMap(\.self).joined(separator: "; ")
        socketsBecause = text.isEmpty ? nil : text
    }

    /// The figures of another run of the same sessions.
    mutating func take(_ other: LoadResult) {
        let (own, ownFailure, rate, ready) = (setup, failure, setupPerSecond, ready)
        self = other
        setup = other.setup ?? own
        failure = ownFailure
        setupPerSecond = rate
        self.ready = ready
    }
}

extension LoadResult.Sample {
    init(
        _ now: LoadControl.Report, _ before: LoadControl.Report, from start: UInt64, _ earlier: UInt64, _ later: UInt64
    ) {
        let sum = now.counters - before.counters
        let spent = Double(later - earlier) / 1e9
        let lost = sum.sent > sum.received ? Double(sum.sent - sum.received) : 0
        self.init(
            second: Double(later - start) / 1e9, sentPerSecond: Double(sum.sent) / spent,
            receivedPerSecond: Double(sum.received) / spent, megabits: Double(sum.receivedBytes) * 8 / spent / 1e6,
            lossPercent: sum.sent == 0 ? 0 : 100 * lost / Double(sum.sent), ready: now.counters.ready,
            latency: LoadResult.Latency(now.latency.since(before.latency)),
            generatorCores: Double(sum.cpuNanoseconds) / 1e9 / spent)
    }
}
