import ArgumentParser
import RelayServer

/// `tern relay policy ADDRESS`
struct RelayPolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Tell whether a running relay would relay to a peer address, and which rule says so.")

    @OptionGroup var options: AdministrationOptions

    @Argument(help: "The peer's address: 192.0.2.1, 192.0.2.1:443, 2001:db8::1 or [2001:db8::1]:443.")
    var address: String

    func run() throws {
        try options.show(.policy(address), as: PolicyDocument.self) { Self.text($0) }
    }

    static func text(_ document: PolicyDocument) -> String {
        "\(document.address): \(document.allowed ? "allowed" : "denied"): \(document.rule)"
    }
}
