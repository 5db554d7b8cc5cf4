import CResolver
import TURNClient

/// Follows NAPTR records to relays [RFC 5928 3]: what a zone prefers comes first.
enum PointerLookup {
    /// Records followed in all; a zone with more is broken, or means harm.
    private static let recordLimit = 16
    /// How often one record may lead to another [RFC 3403 4.1, non-terminal].
    private static let depthLimit = 3

    private static let kinds: [(tag: String, transport: RelayURI.Transport)] = [
        ("turn.udp", .udp), ("turn.tcp", .tcp), ("turn.tls", .tls),
    ]

    /// The URIs that the pointers lead to, in their order. `ask` sends a query for a name and a type.
    static func services(
        of pointers: [DNSRecord], host: String, ask: (String, Int) -> NameLookup.Outcome
    ) -> [String] {
        var left = recordLimit
        var uris: [String] = []
        follow(pointers, from: [host], &left, &uris, ask)
        return uris
    }

    private static func follow(
        _ pointers: [DNSRecord], from names: [String], _ left: inout Int, _ uris: inout [String],
        _ ask: (String, Int) -> NameLookup.Outcome
    ) {
        let ordered = pointers.compactMap { record -> (UInt16, UInt16, String, String, String)? in
            guard case .pointer(let order, let preference, let flags, let service, let target) = record else {
                return nil
            }
            return (order, preference, flags.lowercased(), service.lowercased(), target)
        }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
        for (_, _, flags, service, target) in ordered where !target.isEmpty && left > 0 {
            let parts = service.split(separator: ":")
            guard parts.first == "relay" else { continue }
            let wanted = kinds.filter { parts.dropFirst().contains($0.tag[...]) }
            left -= 1
            switch flags {
            case "s":
                let records = ask(target, CRESOLVER_SRV).records
                for kind in wanted { add(NameLookup.services(in: records, kind.transport), &uris) }
            case "a":
                add(
                    wanted.map {
                        RelayURI(host: target, port: $0.transport == .tls ? 5349 : 3478, transport: $0.transport)
                            .description
                    }, &uris)
            case "" where names.count < depthLimit && !names.contains(target):
                follow(ask(target, CRESOLVER_NAPTR).records, from: names + [target], &left, &uris, ask)
            default: break
            }
        }
    }

    private static func add(_ found: [String], _ uris: inout [String]) {
        uris += found.filter { !uris.contains($0) }
    }
}
