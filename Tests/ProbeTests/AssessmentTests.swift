import Testing

@testable import Probe

@Suite("Assessment")
struct AssessmentTests {
    private func path(_ status: PathReport.Status, _ blocker: Blocker? = nil, counted: Bool = true) -> PathReport {
        var path = PathReport(uri: "turn:relay.example:3478?transport=udp", transport: "udp")
        path.status = status
        path.blocker = blocker
        path.problem = blocker.map { "because of \($0.rawValue)" }
        path.counted = counted
        path.server = "192.0.2.5:3478"
        return path
    }

    private func way(_ path: PathReport) -> Assessment.Ways {
        Assessment.Ways(host: "relay.example", port: 3_478, path: path)
    }

    @Test("the exit code tells all well, something in the way, and no path")
    func exitCodes() {
        #expect(ProbeReport(paths: [path(.works)]).exitCode == 0)
        #expect(ProbeReport(paths: [path(.works), path(.degraded, .packetLoss)]).exitCode == 1)
        #expect(ProbeReport(paths: [path(.works), path(.blocked, .timedOut)]).exitCode == 1)
        #expect(ProbeReport(paths: [path(.works), path(.blocked, .timedOut, counted: false)]).exitCode == 0)
        #expect(ProbeReport(paths: [path(.works), path(.absent)]).exitCode == 0)
        #expect(ProbeReport(paths: [path(.blocked, .refused), path(.blocked, .timedOut)]).exitCode == 2)
        #expect(ProbeReport(paths: [path(.blocked, .refused), path(.works, counted: false)]).exitCode == 1)
        #expect(ProbeReport(paths: []).exitCode == 2)
    }

    @Test("a server that refuses on every way is down; one that refuses on some is not")
    func serverDown() {
        let down = Assessment.judge([way(path(.blocked, .refused)), way(path(.blocked, .refused))])
        #expect(down.allSatisfy { $0.blocker == .serverDown })
        let half = Assessment.judge([way(path(.blocked, .refused)), way(path(.works))])
        #expect(half[0].blocker == .refused)
        let silent = Assessment.judge([way(path(.blocked, .refused)), way(path(.blocked, .timedOut))])
        #expect(silent[0].blocker == .refused)
    }

    @Test("the rule for the firewall names protocol, address, port and name")
    func rules() {
        let judged = Assessment.judge([way(path(.blocked, .timedOut)), way(path(.works))])
        #expect(
            judged[0].remedy == "firewall: allow outgoing UDP to 192.0.2.5:3478 (relay.example), and the answers to it")
        #expect(judged[1].remedy == nil)
    }

    @Test("everything that blocks has a remedy", arguments: Blocker.allCases)
    func remedies(_ blocker: Blocker) {
        let judged = Assessment.judge([way(path(.blocked, blocker)), way(path(.works))])
        #expect((judged[0].remedy == nil) == [.nothingRelayed, .packetLoss].contains(blocker))
    }

    @Test("a cause that is the same everywhere is told once, and what does not count comes last")
    func findings() {
        let judged = Assessment.judge([
            way(path(.blocked, .refused, counted: false)), way(path(.blocked, .wrongPassword)),
            way(path(.blocked, .wrongPassword)), way(path(.blocked, .timedOut)), way(path(.blocked, .timedOut)),
        ])
        let findings = Assessment.findings(judged)
        #expect(findings.map(\.blocker) == [.wrongPassword, .timedOut, .timedOut, .refused])
    }

    @Test("a family that the machine lacks is no fault, unless it has no other")
    func families() {
        let one = Assessment.judge([way(path(.absent, .noRoute)), way(path(.works))])
        #expect(one.map(\.status) == [.absent, .works] && Assessment.findings(one).isEmpty)
        let none = Assessment.judge([way(path(.absent, .noRoute)), way(path(.absent, .noRoute))])
        #expect(none.map(\.status) == [.blocked, .blocked] && Assessment.findings(none).count == 2)
    }

    @Test("a stream that stalls where large datagrams vanish is told so, and not as filtered")
    func silentLimits() {
        var udp = path(.degraded, .largePacketsLost)
        (udp.family, udp.pathMTU, udp.pathMTUIsSilent) = ("ipv4", 1_400, true)
        var tls = path(.blocked, .silentAfterHello)
        (tls.transport, tls.family) = ("tls", "ipv4")
        var other = tls
        other.family = "ipv6"
        let judged = Assessment.judge([way(udp), way(tls), way(other)])
        #expect(judged.map(\.blocker) == [.largePacketsLost, .largePacketsLost, .silentAfterHello])
        #expect(judged[1].problem?.contains("1400") == true && judged[1].remedy?.contains("ICMP") == true)
    }

    @Test("a way that falls silent for good is dead from then on; one that loses now and then is not")
    func lives() {
        func life(_ returned: [Int], of packets: Int = 100, isCut: Bool = false) -> Double? {
            var tally = RelayMeasurement.Tally(packets)
            tally.sentAt = (0..<packets).map { UInt64($0) * 100_000_000 }
            for number in returned { tally.take(number, at: 10_000_000_000_000) }
            return tally.secondsOfLife(isCut: isCut)
        }
        #expect(life(Array(0..<40)) == 3.9)
        #expect(life(Array(0..<100)) == nil && life(Array(0..<91)) == nil && life([]) == nil)
        #expect(life([99]) == nil && life(Array(0..<95), isCut: true) == 9.4)
    }

    @Test("quantiles are nearest ranks")
    func quantiles() throws {
        let times = try #require(PathReport.Times(nanoseconds: (1...100).reversed().map { $0 * 1_000 }))
        #expect(times.min == 1)
        #expect(times.median == 50)
        #expect(times.p99 == 99)
        #expect(PathReport.Times(nanoseconds: []) == nil)
        #expect(PathReport.Times(nanoseconds: [7_000])?.p99 == 7)
    }

    @Test("jitter follows the differences from packet to packet")
    func jitter() {
        var jitter = Jitter()
        #expect(jitter.microseconds == nil)
        for time: UInt64 in [10_000, 10_000, 10_000] { jitter.add(time) }
        #expect(jitter.microseconds == 0)
        jitter.add(26_000)
        #expect(jitter.microseconds == 1)
    }
}
