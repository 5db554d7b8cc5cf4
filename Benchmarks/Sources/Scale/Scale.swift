import CoreDriver
import Glibc

/// Many allocations in one core without sockets: memory, time per datagram, time per request, timers.
///
///     swift run -c release --package-path Benchmarks Scale [ALLOCATIONS]
///
/// Every allocation is a user of its own with a time-limited credential: a 401, an Allocate and a ChannelBind.
/// Datagrams are of sessions at random, one by one: no cache helps, which real traffic, in bursts, does not do to it.
@main
enum Scale {
    static func main() throws {
        let given = CommandLine.arguments.dropFirst().first
        guard let total = given.map(Int.init) ?? 1_000_000, 1_000...4_000_000 ~= total else {
            print("usage: Scale [ALLOCATIONS], from 1000 to 4000000 (1000000 when left out)")
            exit(2)
        }
        var run = try ScaleRun(total: total)
        let steps = [1_000, 10_000, 100_000, 1_000_000].filter { $0 < total } + [total]
        for step in steps { run.grow(to: step) }
        run.refresh()
        run.delete()
        run.letTimePass()
    }
}
