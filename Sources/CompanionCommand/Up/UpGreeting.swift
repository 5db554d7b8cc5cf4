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
    /// What the relay's certificate is checked against; nil: authorities that everybody knows.
    var authorityFile: String?
    var unixSeconds: Int64
    /// The origin that the user gave, if any.
    var origin: Origin?
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

    /// The relay's URIs for clients.
    var uris: [String] { Self.uris(listeners, origin) }

    /// A URI per listener: by the name in the origin, which also leads to the relay; the port for TLS is that of the
    /// pages. Without a name one per family, on the address that others reach first. Certificates name hosts, and
    /// Firefox takes no address for TLS.
    static func uris(_ listeners: [ListenerAddress], _ origin: Origin?) -> [String] {
        var uris: [String] = []
        for listener in listeners {
            let scheme = listener.transport == .tls ? "turns" : "turn"
            let transport = listener.transport == .udp ? "udp" : "tcp"
            for endpoint in endpoints(of: listener, origin) {
                let uri = "\(scheme):\(endpoint)?transport=\(transport)"
                if !uris.contains(uri) { uris.append(uri) }
            }
        }
        return uris
    }

    private static func endpoints(of listener: ListenerAddress, _ origin: Origin?) -> [String] {
        guard let origin, let name = origin.name else {
            return hosts(of: listener).map { TransportAddress(ip: $0, port: listener.port).description }
        }
        return ["\(name):\(listener.transport == .tls ? origin.port : listener.port)"]
    }

    private static func hosts(of listener: ListenerAddress) -> [IPAddress] {
        let addresses = HostAddresses.forRelaying().map(\.bind)
        guard let ip = listener.ip else { return addresses }
        return ip.isUnspecified ? addresses.filter { $0.family == ip.family } : [ip]
    }

    private func probeCommand(_ credential: IssuedCredential) -> String {
        let program = CommandLine.arguments.first ?? "tern"
        let quoted = uris.filter { !$0.contains("[") }.map { "'\($0)'" }
        let authority = authorityFile.map { "--ca \($0) " } ?? ""
        return "\(program) probe --user '\(credential.username)' --password '\(credential.password)' "
            + "\(authority)\\\n      " + quoted.joined(separator: " \\\n      ")
    }
}
