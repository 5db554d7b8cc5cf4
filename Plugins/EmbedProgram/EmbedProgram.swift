import Foundation
import PackagePlugin

/// Compiles `Program/forward.bpf.c` of a target for the kernel and embeds the object in it as a Swift value.
///
/// The compiler is the clang that comes with Swift. Where it cannot do it, the build goes on with an empty object and
/// a warning that says why: the relay then tells that it has no kernel path.
@main
struct EmbedProgram: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let program = target.directoryURL.appending(path: "Program")
        let shared = target.directoryURL.deletingLastPathComponent().appending(path: "CBPF/include")
        let sources = try FileManager.default.contentsOfDirectory(at: program, includingPropertiesForKeys: nil)
            .sorted { $0.path < $1.path }
        let script = context.package.directoryURL.appending(path: "Plugins/EmbedProgram/embed")
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedProgram.swift")
        // Beside the compiler of Swift, or wherever the PATH leads.
        let clang = (try? context.tool(named: "clang").url.path) ?? "clang"
        return [
            .buildCommand(
                displayName: "Compiling the kernel's program", executable: URL(filePath: "/bin/sh"),
                arguments: [
                    script.path, clang, program.appending(path: "forward.bpf.c").path, shared.path, output.path,
                ],
                inputFiles: [script, shared.appending(path: "layout.h")] + sources,
                outputFiles: [output])
        ]
    }
}
