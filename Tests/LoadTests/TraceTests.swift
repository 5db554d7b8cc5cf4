import Testing

@testable import Load

@Suite("Traces")
struct TraceTests {
    private func text(_ lines: String) throws -> TrafficTrace { try TrafficTrace(Array(lines.utf8), path: "t.txt") }

    private func problem(_ bytes: [UInt8]) -> String? {
        do throws(TraceFailure) {
            _ = try TrafficTrace(bytes, path: "t")
            return nil
        } catch {
            return error.description
        }
    }

    @Test("lines of text become flows, busiest first, each with its own beginning and period")
    func lines() throws {
        let trace = try text(
            """
            # seconds bytes direction
            1.0 100 up audio
            1.02 120 down audio # an answer

            1.04 140 up audio
            5 900 up video
            5.5 1000 up video
            """
        )
        #expect(trace.flows.count == 2 && trace.packetCount == 5 && trace.largestPayload == 1_000)
        let audio = trace.flows[0]
        #expect(audio.packets.map(\.nanoseconds) == [0, 20_000_000, 40_000_000])
        #expect(audio.packets.map(\.isDown) == [false, true, false] && audio.period == 60_000_000)
        #expect(trace.flows[1].period == 1_000_000_000 && abs(trace.meanPayload - 452) < 0.1)
    }

    @Test("a capture's flows are the same in each format, byte order and resolution, and on each link")
    func captures() throws {
        let frames = [
            Capture.Frame(seconds: 10, nanoseconds: 0, payload: 160),
            .init(seconds: 10, nanoseconds: 20_000_000, payload: 172, isBack: true),
            .init(seconds: 10, nanoseconds: 40_000_000, payload: 160),
            .init(seconds: 10, nanoseconds: 50_000_000, payload: 20, isSTUN: true),
        ]
        let expected = try TrafficTrace(Capture(link: 1).packetCapture(frames), path: "a").flows
        #expect(expected.count == 1 && expected[0].packets.map(\.bytes) == [160, 172, 160])
        #expect(expected[0].packets.map(\.isDown) == [false, true, false] && expected[0].period == 60_000_000)
        for link in [0, 1, 101, 113, 276] {
            for isLittle in [true, false] {
                for isIPv6 in [true, false] {
                    let capture = Capture(link: link, isLittle: isLittle, isIPv6: isIPv6)
                    #expect(try TrafficTrace(capture.packetCapture(frames), path: "a").flows == expected)
                    #expect(try TrafficTrace(capture.packetCapture(frames, isFine: true), path: "a").flows == expected)
                    #expect(try TrafficTrace(capture.nextGeneration(frames), path: "a").flows == expected)
                    #expect(
                        try TrafficTrace(capture.nextGeneration(frames, resolution: 9), path: "a").flows == expected)
                }
            }
        }
    }

    @Test("a capture through a relay counts what ChannelData messages carry; small flows are left out")
    func channelData() throws {
        var frames = (0..<400).map {
            Capture.Frame(seconds: 1, nanoseconds: $0 * 1_000_000, payload: 163, isChannelData: true)
        }
        frames += [
            .init(seconds: 1, nanoseconds: 5, payload: 40, port: 53),
            .init(seconds: 2, nanoseconds: 5, payload: 40, port: 53),
        ]
        let trace = try TrafficTrace(Capture(link: 1).packetCapture(frames), path: "a")
        #expect(trace.flows.count == 1 && trace.leftOut == 1 && trace.flows[0].packets.allSatisfy { $0.bytes == 159 })
    }

    @Test(
        "what is broken is told in one line that names the file",
        arguments: [
            ("", "no UDP packets"), ("0 160 up\n", "two packets at different times"), ("0 160\n", "line 1"),
            ("0 160 up\n1 160 sideways\n", "line 2"), ("-1 160 up", "line 1"), ("nan 160 up", "line 1"),
            ("1e300 160 up", "line 1"), ("0 99999 up", "65000"), ("0 -3 up", "line 1"),
            ("\u{1F}\u{8B}\u{8}", "line 1"), (String(repeating: "x", count: 5_000), "line 1"),
        ])
    func broken(text: String, expected: String) throws {
        let line = try #require(problem(Array(text.utf8)))
        #expect(line.hasPrefix("t ") && line.contains(expected) && !line.contains("\n"), "\(line)")
    }

    @Test("a file that cannot be read, or is a folder, is told in one line")
    func unreadable() {
        for path in ["/nonexistent/trace", "/"] {
            #expect(throws: TraceFailure.self) { try TrafficTrace(contentsOf: path) }
        }
    }

    @Test("a capture cut anywhere, or with any byte changed, is read or refused and never a crash")
    func hostile() throws {
        let frames = (0..<6).map { Capture.Frame(seconds: 3, nanoseconds: $0 * 1_000, payload: 40 + $0) }
        var random = SplitMix(state: 7)
        for isIPv6 in [true, false] {
            for link in [0, 1, 113] {
                let capture = Capture(link: link, isIPv6: isIPv6)
                for whole in [capture.packetCapture(frames), capture.nextGeneration(frames, resolution: 6)] {
                    for count in whole.indices where count > 0 && !isCut(capture, frames, count, whole) {
                        let line = try #require(problem(Array(whole[..<count])), "cut at \(count)")
                        #expect(!line.contains("\n"))
                    }
                    for _ in 0..<1_500 {
                        var bytes = whole
                        for _ in 0...random.next(4) { bytes[random.next(bytes.count)] = UInt8(random.next(256)) }
                        if random.next(4) == 0 { bytes.removeLast(random.next(bytes.count)) }
                        if let line = problem(bytes) { #expect(!line.contains("\n")) }
                    }
                }
            }
        }
    }

    /// Whether what is left of a capture is whole: cut between two packets, after the second.
    private func isCut(_ capture: Capture, _ frames: [Capture.Frame], _ count: Int, _ whole: [UInt8]) -> Bool {
        (2..<frames.count).contains { kept in
            let part = Array(frames[..<kept])
            return [capture.packetCapture(part), capture.nextGeneration(part, resolution: 6)].contains {
                $0.count == count && whole.starts(with: $0)
            }
        }
    }

    @Test("lengths that overflow, endless options and nested tags end the reading")
    func extremes() throws {
        let frames = [
            Capture.Frame(seconds: 1, nanoseconds: 0, payload: 30), .init(seconds: 2, nanoseconds: 0, payload: 30),
        ]
        let base = Capture(link: 1).packetCapture(frames)
        for place in [24, 28, 32, 36] {
            var bytes = base
            for offset in 0..<4 { bytes[place + offset] = 0xFF }
            _ = problem(bytes)
        }
        let next = Capture(link: 1).nextGeneration(frames)
        for place in stride(from: 0, to: next.count - 4, by: 4) {
            var bytes = next
            for offset in 0..<4 { bytes[place + offset] = 0xFF }
            _ = problem(bytes)
        }
        let tags = [UInt8](repeating: 0, count: 12) + (0..<20).flatMap { _ in [0x81, 0, 0, 1] as [UInt8] }
        #expect(CapturedDatagram(tags, 0..<tags.count, .ethernet) == nil)
        #expect(throws: TraceProblem("has frames of link type 105: capture on Ethernet or on 'any'")) {
            try LinkLayer(number: 105)
        }
    }

    @Test("sessions replay their flows in turn and in the order of time, round after round")
    func schedule() throws {
        let trace = try text("0 100 up a\n0.01 200 down a\n0.04 300 up a\n0 50 up b\n0.5 60 up b\n")
        var schedule = ReplaySchedule(trace.flows, speed: 1)
        for place in 0..<4 { schedule.add(place: Int32(place), flow: place % 2, phase: Double(place) / 4) }
        var last: UInt64 = 0
        var counts = [Int](repeating: 0, count: 4)
        while let turn = schedule.next, turn.due < 10_000_000_000 {
            #expect(turn.due >= last)
            last = turn.due
            counts[Int(turn.place)] += 1
            schedule.advance()
        }
        // 10 s: 166 periods of 60 ms with 3 packets each, and 10 of 1 s with 2.
        #expect(counts[0] == 500 && abs(counts[2] - 500) <= 2 && counts[1] == 20 && counts[3] == 20)
    }
}

/// Numbers that look random and are the same each time.
struct SplitMix {
    var state: UInt64

    mutating func next(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ mixed >> 31) % UInt64(limit))
    }
}
