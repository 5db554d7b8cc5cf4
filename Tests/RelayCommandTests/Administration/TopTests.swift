import Foundation
import Testing

@testable import RelayCommand
@testable import RelayServer

@Suite struct TopTests {
    private func rates() -> TopRates {
        let before = StatusDocument.sample
        var after = before
        after.loops[0].toPeers = .init(packets: 3007, bytes: 167_000 + 2_500_000)
        after.loops[0].toClients = .init(packets: 900 + 24_690, bytes: 144_000 + 25_000_000)
        after.loops[0].drops["no_permission"] = 24
        after.loops[1].drops["output_queue_late"] = 2
        let earlier = TopSample(
            seconds: 10, status: before, sessions: [.sample(1, bytes: 100), .sample(2, bytes: 1_000_000)])
        let later = TopSample(
            seconds: 12, status: after,
            sessions: [.sample(3, bytes: 5_000_000), .sample(2, bytes: 1_000_000), .sample(1, bytes: 250_100)])
        return TopRates(from: earlier, to: later, now: Date(timeIntervalSince1970: 1_795_535_520))
    }

    @Test func ratesAreDifferencesOverTime() {
        let rates = rates()
        #expect(rates.loops[0].toPeers == .init(packets: 1000, bytes: 1_250_000))
        #expect(rates.loops[0].toClients == .init(packets: 12_345, bytes: 12_500_000))
        #expect(rates.loops[0].dropped == 10 && rates.loops[1].dropped == 1)
        #expect(rates.drops.map(\.reason) == ["no_permission", "output_queue_late", "send_queue_full"])
        #expect(rates.drops.map(\.perSecond) == [10, 1, 0])
        // A session that was not there before has no rate yet, however much it has sent.
        #expect(rates.sessions.map(\.id) == ["0-1-1", "0-2-1", "0-3-1"])
        #expect(rates.sessions[0].toPeers.bytes == 125_000)
        #expect(rates.total.toPeers.packets == 1000 && rates.total.busyPercent == 12.5)
    }

    @Test func aRelayThatWasStartedAnewHasNoNegativeRates() {
        let old = TopSample(seconds: 1, status: .sample, sessions: [.sample(1, bytes: 1000)])
        var status = StatusDocument.sample
        for index in status.loops.indices {
            status.loops[index].toPeers = .init(packets: 1, bytes: 1)
            status.loops[index].drops = [:]
        }
        let rates = TopRates(
            from: old, to: TopSample(seconds: 2, status: status, sessions: [.sample(1, bytes: 10)]))
        #expect(rates.loops[0].toPeers == .init() && rates.loops[0].dropped == 0)
        #expect(rates.sessions[0].bytes == 0)
    }

    @Test func theScreenShowsLoopsDropsAndSessions() {
        #expect(
            TopScreen.lines(rates(), width: 120, height: 40).joined(separator: "\n") == """
                tern 1.0  up 1 h 02 m  serving  load 25 %  memory 45.0 MiB
                allocations 4  connections 1  ports free 16,380 of 16,384

                LOOP    BUSY              ALLOCATIONS  CONNECTIONS  TO PEERS/s  Mbit/s  TO CLIENTS/s  Mbit/s  DROPPED/s
                   0  12.5 %  #.........            3            1        1000    10.0        12.3 k   100.0         10
                   1   0.0 %  ..........            1            0           0    0.00             0    0.00          1
                 all  12.5 %  #.........            4            1        1000    10.0        12.3 k   100.0         11

                DROPPED BECAUSE    /s  SINCE START
                no_permission      10           25
                output_queue_late   1            2
                send_queue_full     0            6

                BUSIEST  USER   CLIENT           VIA       AGE  TO PEERS/s  Mbit/s  TO CLIENT/s  Mbit/s
                0-1-1    user1  192.0.2.1:40001  udp  1 m 01 s      12.5 k    1.00            0    0.00
                0-2-1    user2  192.0.2.1:40002  udp  1 m 01 s           0    0.00            0    0.00
                0-3-1    user3  192.0.2.1:40003  udp  1 m 01 s           0    0.00            0    0.00
                """)
    }

    @Test func theScreenFitsEveryWindow() {
        for width in [0, 1, 20, 80, 500] {
            for height in [0, 1, 5, 10, 24, 100] {
                let lines = TopScreen.lines(rates(), width: width, height: height)
                #expect(lines.count <= height)
                #expect(lines.allSatisfy { $0.count <= width })
            }
        }
        // A window of the usual size has room for each part.
        let usual = TopScreen.lines(rates(), width: 80, height: 24).joined(separator: "\n")
        #expect(usual.contains("LOOP") && usual.contains("DROPPED BECAUSE") && usual.contains("BUSIEST"))
    }

    @Test func plainLinesAreOnePerLoopAndOneForAll() {
        #expect(
            TopScreen.plain(rates()) == [
                "2026-11-24T15:52:00Z loop=0 busy=12.5% allocations=3 connections=1 to-peers=1000/s 10.0Mbit/s "
                    + "to-clients=12345/s 100.0Mbit/s dropped=10/s",
                "2026-11-24T15:52:00Z loop=1 busy=0.0% allocations=1 connections=0 to-peers=0/s 0.00Mbit/s "
                    + "to-clients=0/s 0.00Mbit/s dropped=1/s",
                "2026-11-24T15:52:00Z loop=all busy=12.5% allocations=4 connections=1 to-peers=1000/s 10.0Mbit/s "
                    + "to-clients=12345/s 100.0Mbit/s dropped=11/s",
            ])
    }

    @Test func jsonIsOneLine() throws {
        let text = try rates().json()
        #expect(!text.contains("\n"))
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        #expect((object?["loops"] as? [Any])?.count == 2)
    }
}
