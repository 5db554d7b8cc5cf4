import ArgumentParser
import Foundation
import Glibc
import RelayServer

/// `tern relay top`
struct RelayTopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Watch a running relay: traffic, load, drops and the busiest sessions.",
        discussion: "q quits. Into a file or pipe it writes a line per loop and interval.")

    @OptionGroup var options: AdministrationOptions

    @Option(name: .long, help: ArgumentHelp("Seconds between two looks.", valueName: "seconds"))
    var interval = 1.0

    @Option(name: .long, help: ArgumentHelp("End after so many looks.", valueName: "number"))
    var count: Int?

    @Option(
        name: .long,
        help: ArgumentHelp("Look for the busiest among so many sessions; 0 for none.", valueName: "number"))
    var sessions = 500

    func validate() throws {
        guard (0.1...3600).contains(interval) else { throw ValidationError("--interval takes 0.1 to 3600 seconds") }
        guard count ?? 1 > 0 else { throw ValidationError("--count takes a number from 1") }
        guard (0...AdminAPI.listLimitMax).contains(sessions) else {
            throw ValidationError("--sessions takes a number from 0 to \(AdminAPI.listLimitMax)")
        }
    }

    func run() throws {
        let client = options.client()
        var previous = try look(client)
        if options.json || isatty(STDOUT_FILENO) != 1 {
            try follow(client, &previous)
        } else {
            try watch(client, &previous)
        }
    }

    private func look(_ client: AdminClient) throws -> TopSample {
        TopSample(
            seconds: ProcessInfo.processInfo.systemUptime,
            status: try client.call(.status, as: StatusDocument.self),
            sessions: sessions == 0
                ? [] : try client.call(.sessions(limit: sessions), as: SessionsDocument.self).sessions)
    }

    /// Plain lines, for a file or a pipe.
    private func follow(_ client: AdminClient, _ previous: inout TopSample) throws {
        var left = count ?? .max
        while left > 0 {
            Thread.sleep(forTimeInterval: interval)
            let current = try look(client)
            let rates = TopRates(from: previous, to: current)
            previous = current
            left -= 1
            let text = options.json ? try rates.json() : TopScreen.plain(rates).joined(separator: "\n")
            guard TerminalScreen.write(text + "\n") else { return }
        }
    }

    /// The whole screen, until q.
    private func watch(_ client: AdminClient, _ previous: inout TopSample) throws {
        let screen = TerminalScreen()
        screen.enter()
        // Whatever ends the view, the terminal gets its own screen back before the message.
        defer { screen.leave() }
        var left = count ?? .max
        var rates = TopRates(from: previous, to: previous)
        while left > 0 {
            let deadline = ProcessInfo.processInfo.systemUptime + interval
            repeat {
                let size = screen.size
                screen.show(TopScreen.lines(rates, width: size.columns, height: size.rows))
                // A change of the window's size ends the wait early; the same numbers are drawn again.
                if screen.wait(until: deadline) == .quit { return }
            } while ProcessInfo.processInfo.systemUptime < deadline
            let current = try look(client)
            rates = TopRates(from: previous, to: current)
            previous = current
            left -= 1
        }
    }
}
