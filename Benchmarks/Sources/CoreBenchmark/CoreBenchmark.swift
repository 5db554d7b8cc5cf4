import Credentials
import Glibc
import RelayCore
import STUN

/// Time and memory of the core, without sockets: what a datagram and an allocation cost in our own code.
///
///     swift run -c release CoreBenchmark [SESSIONS] [DATAGRAMS]
///
/// Datagrams of all sessions are interleaved at random, 160 bytes each. The last column is a sum over all verdicts: the
/// same for the same arguments, whatever the machine.
@main
enum CoreBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let sessions = arguments.first ?? 1_000
        let datagrams = arguments.dropFirst().first ?? 5_000_000
        var bench = try Bench(sessions: sessions)

        let before = residentBytes()
        let setUp = measure { bench.setUp() }
        print(row("401, Allocate, ChannelBind", Double(setUp) / Double(sessions) / 1_000, "us", 0))
        let resident = Double(residentBytes() - before) / Double(sessions)
        print(row("resident per allocation", resident, "bytes", 0))

        // Each is run five times and the quickest counts: what disturbs a run only ever makes it slower.
        for (name, run) in [("forward", 0), ("deliver", 1)] {
            var best = UInt64.max
            var sum: UInt64 = 0
            for _ in 0..<5 {
                let time = measure { sum = run == 0 ? bench.forward(datagrams) : bench.deliver(datagrams) }
                best = min(best, time)
            }
            print(row(name, Double(best) / Double(datagrams), "ns per datagram", sum))
        }
    }

    private static func measure(_ work: () -> Void) -> UInt64 {
        let begin = nanoseconds()
        work()
        return nanoseconds() - begin
    }

    private static func row(_ name: String, _ value: Double, _ unit: String, _ sum: UInt64) -> String {
        let rounded = Double(Int(value * 10)) / 10
        let padded = name + String(repeating: " ", count: max(1, 30 - name.count))
        return "\(padded)\(rounded) \(unit)" + (sum == 0 ? "" : "  (sum \(sum))")
    }

    private static func nanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static func residentBytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, 128, file) != nil else { return 0 }
        let fields = line.prefix { $0 != 0 }.split(separator: CChar(UInt8(ascii: " ")))
        return fields[1].reduce(0) { $0 * 10 + Int($1) - 48 } * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
