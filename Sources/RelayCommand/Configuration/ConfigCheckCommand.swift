import ArgumentParser
import ConfigurationKeys

/// `tern config check`: finds every mistake without starting anything.
struct ConfigCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Find mistakes without starting anything.",
        usage: "tern config check [<file>] [<flags> ...]",
        discussion: "Exit code 0: it can be started. Exit code 2: each mistake is a line on standard error.")

    @OptionGroup var source: ConfigurationOptions

    mutating func run() throws {
        let sources = source.sources(allowsFileArgument: true)
        for warning in try CommandLineTool.parts.load(sources).flatMap(\.warnings) {
            Terminal.note("warning: \(warning)")
        }
        Terminal.print("\(sources.path ?? "the configuration") is fine")
    }
}
