public import ArgumentParser
public import ConfigurationKeys
import Foundation
import Glibc
import RelayServer

/// A failure of a command in one line, and the exit code that goes with it.
public struct CommandFailure: Error, Sendable, CustomStringConvertible {
    /// What failed and what to do about it.
    public var description: String
    /// 1 for a failure at run time, 2 for a mistake in what was asked for.
    public var exitCode: Int32

    /// A failure with this message.
    public init(_ description: String, exitCode: Int32 = 1) {
        self.description = description
        self.exitCode = exitCode
    }
}

/// Runs a command and ends the process the way users of this program are promised.
///
/// Exit code 0 for success, 1 for a failure at run time, 2 for a mistake in the configuration or on the command line;
/// every message to standard error is one line that begins with the name of the program.
public enum CommandLineTool {
    /// The parts of the configuration that this program has.
    @TaskLocal public static var parts: [ConfigurationPart] = [.relay]

    /// The program's version.
    public static var version: String { RelayServerApp.version }

    /// Takes rights that only the kernel path needs from the calling thread and all that it will start.
    public static func reserveRights() { RelayServerApp.reserveRights() }

    /// Reads the command line, runs the command it names, and ends the process.
    public static func run(_ root: any ParsableCommand.Type) async -> Never { end(await execute(root)) }

    /// Ends the process at once, with what was printed written out.
    ///
    /// `exit` would run OpenSSL's own end and take its tables from threads that still load a certificate or serve a
    /// connection; what has to be undone at the end has been by now, by those who did it.
    package static func end(_ exitCode: Int32) -> Never {
        fflush(nil)
        _exit(exitCode)
    }

    /// Reads the command line and runs the command it names; the exit code.
    package static func execute(_ root: any ParsableCommand.Type) async -> Int32 {
        // A reader of our output that goes away is no reason to end without cleaning up.
        signal(SIGPIPE, SIG_IGN)
        let outcome: Outcome
        do {
            var command = try root.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            outcome = Outcome()
        } catch {
            outcome = Outcome(of: error, in: root)
        }
        if !outcome.output.isEmpty { print(outcome.output) }
        fflush(nil)
        for line in outcome.messages {
            FileHandle.standardError.write(Data("\(root.programName): \(line)\n".utf8))
        }
        return outcome.exitCode
    }

    /// What a command leaves behind: its output, its messages without the program's name, and its exit code.
    struct Outcome: Equatable {
        var output = ""
        var messages: [String] = []
        var exitCode: Int32 = 0
    }
}

extension CommandLineTool.Outcome {
    init(of error: any Error, in root: any ParsableCommand.Type) {
        switch error {
        case let failure as ConfigurationFailure:
            self.init(messages: failure.problems.map(\.description), exitCode: 2)
        case let problem as ConfigurationProblem:
            self.init(messages: [problem.description], exitCode: 2)
        case let failure as CommandFailure:
            self.init(messages: [failure.description], exitCode: failure.exitCode)
        case let code as ExitCode:
            self.init(exitCode: code.rawValue)
        default:
            let code = root.exitCode(for: error)
            if code.isSuccess {
                self.init(output: root.fullMessage(for: error))
            } else if code == .validationFailure {
                let message = root.message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
                self.init(messages: ["\(message); see \(root.programName) --help"], exitCode: 2)
            } else {
                self.init(messages: ["\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")], exitCode: 1)
            }
        }
    }
}

extension ParsableCommand {
    /// The name that the program is called by.
    fileprivate static var programName: String { configuration.commandName ?? "tern" }
}
