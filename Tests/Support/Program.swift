import Foundation

/// The executable, run as a user runs it.
public struct Program {
    /// How it ended.
    public var exitCode: Int32
    /// What it wrote to standard output.
    public var output: String
    /// What it wrote to standard error.
    public var messages: String

    /// The lines on standard error.
    public var messageLines: [String] { messages.split(separator: "\n").map(String.init) }

    /// Runs `tern` to its end.
    public static func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:], folder: String? = nil
    ) throws -> Program {
        // Tests and products are built into the same folder.
        let folderOfTests = URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            .deletingLastPathComponent()
        let process = Process()
        process.executableURL = folderOfTests.appending(path: "tern")
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(filePath: folder) }
        let pipes = (input: Pipe(), output: Pipe(), messages: Pipe())
        process.standardInput = pipes.input
        process.standardOutput = pipes.output
        process.standardError = pipes.messages
        try process.run()
        try pipes.input.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try pipes.input.fileHandleForWriting.close()
        let output = try pipes.output.fileHandleForReading.readToEnd() ?? Data()
        let messages = try pipes.messages.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Program(
            exitCode: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
            messages: String(decoding: messages, as: UTF8.self))
    }
}
