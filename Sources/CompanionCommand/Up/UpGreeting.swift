import Companion
import Foundation
import RelayCommand
import RelayServer
import STUN

/// What `tern up` says once it serves: where, with which credential, and how to see that it works.
struct UpGreeting {
    var listeners: [ListenerAddress]
    var configuration: RelayConfiguration
    var dataFolder: String
    var secret: String
    var certificateFile: String
    var unixSeconds: Int64
    /// Where browsers find the pages.
    var pages: String
    /// The first administrator, when this start made the account.
    var administrator: FirstAdministrator?

    /// How long the credential is valid, in hours.
    static let credentialHours = 24

    /// The whole greeting.
    var text: String {
        let credential = IssuedCredential(
            secret: secret, id: "up", expiresAtUnixSeconds: unixSeconds + Int64(Self.credentialHours * 3600),
            separator: configuration.credentialSeparator.asciiValue ?? UInt8(ascii: ":"))
        let addresses = configuration.addressesToRelayFrom.map(\.description).joined(separator: " and ")
        return """
            \(pagesText)

            Tern relays from \(addresses), ports \(configuration.relayPorts).
            Its secrets, certificate and data are in \(dataFolder).

            \(uris.map { "  \($0)" }.joined(separator: "\n"))

            A relay credential for the next \(Self.credentialHours) hours:

              username  \(credential.username)
              password  \(credential.password)

            To see that it relays, in another terminal:

              \(probeCommand(credential))

            Ctrl-C ends it.
            """
    }

    private var pagesText: String {
        guard let administrator else { return "Pages for calls and administration: \(pages)" }
        return """
            Pages for calls and administration: \(pages)
            The first administrator:

              email     \(administrator.email)
              password  \(administrator.password)  (shown this once; change it after signing in)
            """
    }

    /// A URI per listener and family, on the address that others reach first.
    var uris: [String] { Self.uris(listeners) }

    static func uris(_ listeners: [ListenerAddress]) -> [String] {
        var uris: [String] = []
        for listener in listeners {
            for host in hosts(of: listener) {
                let scheme = listener.transport == .tls ? "turns" : "turn"
                let transport = listener.transport == .udp ? "udp" : "tcp"
                let endpoint = TransportAddress(ip: host, port: listener.port)
                let uri = "\(scheme):\(endpoint)?transport=\(transport)"
                if !uris.contains(uri) { uris.append(uri) }
            }
        }
        return uris
    }

    private static func hosts(of listener: ListenerAddress) -> [IPAddress] {
        let addresses = HostAddresses.forRelaying().map(\.bind)
        guard let ip = listener.ip else { return addresses }
        return ip.isUnspecified ? addresses.filter { $0.family == ip.family } : [ip]
    }

    private func probeCommand(_ credential: IssuedCredential) -> String {
        let program = CommandLine.arguments.first ?? "tern"
        let quoted = uris.filter { !$0.contains("[") }.map { "'\($0)'" }
        return "\(program) probe --user '\(credential.username)' --password '\(credential.password)' "
            + "--ca \(certificateFile) \\\n      " + quoted.joined(separator: " \\\n      ")
    }
}
