import Credentials
import MediaPath
import STUN
import TURNClient
import Testing

@testable import Load

@Suite("When packets leave")
struct ScheduleTests {
    private static let second: UInt64 = 1_000_000_000

    /// How many events leave in each turn of a second, when each turn begins `delay` after it was to.
    private func turns(eventsPerSecond: Double, pace: UInt64, delay: UInt64) -> [(at: UInt64, events: Int)] {
        var schedule = SendSchedule(startedAt: 7, eventsPerSecond: eventsPerSecond, pace: pace)
        var turns: [(UInt64, Int)] = []
        var now: UInt64 = 7
        while now < 7 + Self.second {
            var events = 0
            while schedule.take(now) != nil { events += 1 }
            turns.append((now, events))
            now = schedule.nextTurn(after: now, isCutShort: false) + delay
        }
        return turns
    }

    @Test(
        "what is due within one pace leaves together, and the rate is held, also when each turn comes late",
        arguments: [50_000, 500_000, 5_000_000] as [UInt64], [0, 70_000] as [UInt64])
    func together(pace: UInt64, delay: UInt64) {
        for rate in [600.0, 10_000, 60_000] {
            let turns = turns(eventsPerSecond: rate, pace: pace, delay: delay)
            let between = max(pace, UInt64(1e9 / rate)) + delay
            let most = Int((rate * Double(between) / 1e9).rounded(.up))
            #expect(turns.allSatisfy { 1...most ~= $0.events }, "\(rate)/s")
            #expect(zip(turns, turns.dropFirst()).allSatisfy { $1.at - $0.at >= pace })
            // All but those that are due after the last turn.
            #expect(rate - Double(turns.reduce(0) { $0 + $1.events }) <= Double(most), "\(rate)/s")
        }
    }

    @Test("events are numbered without a gap, and one that comes alone leaves when it is due")
    func alone() {
        var schedule = SendSchedule(startedAt: 100, eventsPerSecond: 1_000, pace: 500_000)
        #expect((schedule.take(99), schedule.take(100), schedule.take(100)) == (nil, 0, nil))
        #expect(schedule.nextTurn(after: 100, isCutShort: false) == 1_000_100)
        #expect((schedule.take(2_000_100), schedule.take(2_000_100), schedule.take(2_000_100)) == (1, 2, nil))
    }

    @Test("a turn that had to stop goes on at once")
    func cutShort() {
        var schedule = SendSchedule(startedAt: 0, eventsPerSecond: 1_000_000, pace: 500_000)
        #expect(schedule.take(10_000) == 0)
        #expect(schedule.nextTurn(after: 10_000, isCutShort: true) == 1_000)
        #expect(schedule.nextTurn(after: 10_000, isCutShort: false) == 510_000)
    }

    @Test("what is a fifth of a second late is left out and counted, and the rate goes on as it was")
    func late() {
        var schedule = SendSchedule(startedAt: 0, eventsPerSecond: 1_000, pace: 50_000)
        #expect(schedule.skipLate(SendSchedule.latenessLimit) == 0)
        let skipped = schedule.skipLate(SendSchedule.latenessLimit + 1_000_001)
        #expect(skipped == 201 && schedule.take(201_000_000) == 201 && schedule.take(201_000_000) == nil)
    }

    @Test("without a rate nothing is due")
    func nothing() {
        #expect(SendSchedule().isEmpty && !SendSchedule(eventsPerSecond: 1).isEmpty)
    }

    @Test("a result tells the pace, where packets wait for others")
    func told() throws {
        func told(_ profile: TrafficProfile, media: MediaPlan? = nil) throws -> Int? {
            var plan = LoadPlan(
                uris: [try RelayURI.parse("turn:relay.example")], credential: .user(name: "u", password: "p"),
                profile: profile)
            plan.paceMicroseconds = 750
            plan.media = media
            return LoadResult(plan).paceUs
        }
        #expect(try (told(.voice), told(.trace), told(.idle)) == (750, 750, nil))
        #expect(try told(.voice, media: MediaPlan(profile: .aesGCM)) == nil)
        #expect(LoadPlan.paceLimitsMicroseconds.contains(LoadPlan.ownPaceMicroseconds))
    }
}
