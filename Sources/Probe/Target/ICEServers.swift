public import Foundation

/// A list of ICE servers as a web application gets it: `RTCIceServer` objects in JSON.
public struct ICEServers: Sendable {
    /// One server of the list.
    public struct Entry: Sendable {
        /// Its URIs as written.
        public var uris: [String]
        /// Its user name, if any.
        public var username: String?
        /// Its password, if any.
        public var credential: String?
    }

    /// The servers in their order.
    public let entries: [Entry]

    /// Reads an array of servers, or an object whose `iceServers` is one.
    public init(json: Data) throws {
        let servers: [Server]
        if let list = try? JSONDecoder().decode([Server].self, from: json) {
            servers = list
        } else {
            servers = try JSONDecoder().decode(Configuration.self, from: json).iceServers
        }
        entries = servers.map { Entry(uris: $0.urls.all, username: $0.username, credential: $0.credential) }
    }

    private struct Configuration: Decodable {
        let iceServers: [Server]
    }

    private struct Server: Decodable {
        let urls: Texts
        let username: String?
        let credential: String?
    }

    /// A text, or an array of them.
    private struct Texts: Decodable {
        let all: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let one = try? container.decode(String.self) {
                all = [one]
            } else {
                all = try container.decode([String].self)
            }
        }
    }
}
