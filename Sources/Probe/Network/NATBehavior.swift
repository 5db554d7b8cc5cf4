import STUN
import TURNClient

/// How the NAT between this machine and the server treats UDP [RFC 4787], found with the server's help [RFC 5780 4].
enum NATBehavior {
    /// When two mappings of one socket are the same, and who may send to them.
    enum Kind: String, Codable, Sendable {
        /// The same for all.
        case endpointIndependent = "endpoint_independent"
        /// Per address.
        case addressDependent = "address_dependent"
        /// Per address and port.
        case addressAndPortDependent = "address_and_port_dependent"
    }

    /// Mapping and filtering; nil where the server offers no second address.
    static func measure(
        at server: TransportAddress, _ first: BindingExchange.Answer
    ) -> (mapping: Kind?, filtering: Kind?) {
        guard let other = first.other, other.ip != server.ip, other.port != server.port else { return (nil, nil) }
        return (try? mapping(server, other), try? filtering(server))
    }

    /// One socket, up to three addresses of the server [RFC 5780 4.3].
    private static func mapping(_ server: TransportAddress, _ other: TransportAddress) throws(PathProblem) -> Kind {
        var exchange = try BindingExchange(to: server, isOpen: true)
        let silent = PathProblem(.timedOut, "the server's second address does not answer")
        guard let one = try exchange.ask(server),
            let two = try exchange.ask(TransportAddress(ip: other.ip, port: server.port))
        else { throw silent }
        if one.mapped == two.mapped { return .endpointIndependent }
        guard let three = try exchange.ask(other) else { throw silent }
        return two.mapped == three.mapped ? .addressDependent : .addressAndPortDependent
    }

    /// A fresh socket each time: what it has not spoken to must not have opened the way [RFC 5780 4.4].
    private static func filtering(_ server: TransportAddress) throws(PathProblem) -> Kind {
        var open = try BindingExchange(to: server, isOpen: true)
        if try open.ask(server, .change(address: true, port: true), waits: [500, 500]) != nil {
            return .endpointIndependent
        }
        var half = try BindingExchange(to: server, isOpen: true)
        return try half.ask(server, .change(address: false, port: true), waits: [500, 500]) != nil
            ? .addressDependent : .addressAndPortDependent
    }
}
