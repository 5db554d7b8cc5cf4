public import ArgumentParser
import ConfigurationKeys
import Glibc
public import RelayCommand
import RelayServer

extension CommandLineTool {
    /// Runs a command of the program that has both relay and companion, and ends the process.
    public static func runPlatform(_ root: any ParsableCommand.Type) async -> Never {
        end(await $parts.withValue([.relay, .companion]) { await execute(root) })
    }
}
