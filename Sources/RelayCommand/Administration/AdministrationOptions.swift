import ArgumentParser
import Foundation
import RelayServer

/// Which running relay a command speaks to, and in which form it shows the answer.
struct AdministrationOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Admin socket of the relay; TERN_RELAY_ADMIN names it too.", valueName: "path"))
    var admin: String?

    @Flag(name: .long, help: "Print the relay's JSON instead of text.")
    var json = false

    /// A client for the socket that was named, or else for the first of the usual ones that exists.
    func client(environment: [String: String] = ProcessInfo.processInfo.environment) -> AdminClient {
        if let path = admin ?? environment["TERN_RELAY_ADMIN"] { return AdminClient(socketPath: path) }
        let usual = AdminAPI.usualSocketPaths.first { FileManager.default.fileExists(atPath: $0) }
        return AdminClient(socketPath: usual ?? AdminAPI.defaultSocketPath)
    }

    /// Sends `request` and prints what it answers: as text, or as JSON when that was asked for.
    func show<Document: Decodable>(
        _ request: AdminRequest, as type: Document.Type, timeoutSeconds: Int = 10, text: (Document) -> String
    ) throws {
        var client = client()
        client.timeoutSeconds = timeoutSeconds
        if json {
            Terminal.print(String(decoding: try client.call(request), as: UTF8.self))
        } else {
            Terminal.print(text(try client.call(request, as: type)))
        }
    }
}
