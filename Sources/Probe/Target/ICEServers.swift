public import Foundation

/// A list of ICE servers as a web application gets it: `RTCIceServer` objects in JSON.
public struct ICEServers: Sendable {
    /// URIs of a list at most: each is tried on its own.
    public static let uriLimit = 64

    /// One server of the list.
    public struct Entry: Sendable {
        /// Its URIs as written.
        public var uris: [String]
        /// Its user name, if any.
        public var username: String?
        /// Its password, if any.
        public var credential: String?
    }

    /// Why a text is no such list; to follow its name.
    public enum Problem: Error, CustomStringConvertible, Sendable {
        /// It has another form.
        case noList
        /// There is nothing to try.
        case empty
        /// There is too much to try.
        case tooLong(Int)

        /// In one line.
        public var description: String {
            switch self {
            case .noList:
                "it is no list of ICE servers: it should be an array of {\"urls\", \"username\", \"credential\"}"
            case .empty: "it names no server"
            case .tooLong(let count): "it names \(count) URIs, more than \(ICEServers.uriLimit)"
            }
        }
    }

    /// The servers in their order.
    public let entries: [Entry]

    /// Reads an array of servers, an object that has one or a single server as `iceServers` or `ice_servers`, or the
    /// `uris`, `username` and `password` of draft-uberti-behave-turn-rest.
    public init(json: Data) throws(Problem) {
        let decoder = JSONDecoder()
        if let list = try? decoder.decode([Server].self, from: json) {
            entries = list.map(\.entry)
        } else if let object = try? decoder.decode(Configuration.self, from: json) {
            entries = object.servers.all.map(\.entry)
        } else if let object = try? decoder.decode(Issued.self, from: json) {
            entries = [Entry(uris: object.uris, username: object.username, credential: object.password)]
        } else {
            throw .noList
        }
        let count = entries.reduce(0) { $0 + $1.uris.count }
        guard count > 0 else { throw .empty }
        guard count <= ICEServers.uriLimit else { throw .tooLong(count) }
    }

    private struct Configuration: Decodable {
        let servers: OneOrMore<Server>

        private enum Key: String, CodingKey {
            case iceServers
            case ice_servers
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            let key = container.contains(.iceServers) ? Key.iceServers : .ice_servers
            servers = try container.decode(OneOrMore<Server>.self, forKey: key)
        }
    }

    private struct Issued: Decodable {
        let uris: [String]
        let username: String
        let password: String
    }

    private struct Server: Decodable {
        let urls: OneOrMore<String>
        let username: String?
        let credential: String?

        var entry: Entry { Entry(uris: urls.all, username: username, credential: credential) }
    }

    /// A value, or an array of them.
    private struct OneOrMore<Value: Decodable>: Decodable {
        let all: [Value]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let one = try? container.decode(Value.self) {
                all = [one]
            } else {
                all = try container.decode([Value].self)
            }
        }
    }
}
