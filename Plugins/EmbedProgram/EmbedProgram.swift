import Foundation
import PackagePlugin

/// Compiles the one `.bpf.c` in the folder `Program` of a target for the kernel and embeds the object in the target as
/// a Swift value.
///
/// The compiler is the clang that comes with Swift. Where it cannot do it, the build goes on with an empty object and
/// a warning that says why: the relay then tells that it has no kernel path, and the load counts without the kernel.
@main
struct EmbedProgram: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let program = target.directoryURL.appending(path: "Program")
        let shared = target.directoryURL.deletingLastPathComponent().appending(path: "CBPF/include")
        let sources = try files(in: program)
        guard let source = sources.first(where: { $0.lastPathComponent.hasSuffix(".bpf.c") }) else { return [] }
        let script = context.package.directoryURL.appending(path: "Plugins/EmbedProgram/embed")
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedProgram.swift")
        // Beside the compiler of Swift, or wherever the PATH leads.
        let clang = (try? context.tool(named: "clang").url.path) ?? "clang"
        return [
            .buildCommand(
                displayName: "Compiling the kernel's program", executable: URL(filePath: "/bin/sh"),
                arguments: [script.path, clang, source.path, shared.path, output.path],
                inputFiles: [script] + sources + (try files(in: shared)),
                outputFiles: [output])
        ]
    }

    private func files(in folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { ["c", "h"].contains($0.pathExtension) }
            .sorted { $0.path < $1.path }
    }
}
