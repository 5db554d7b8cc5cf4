import Credentials
import Foundation

/// A time-limited credential as it is handed to clients.
package struct IssuedCredential: Sendable {
    package var username: String
    package var password: String
    package var expiresAtUnixSeconds: Int64

    package init(
        secret: String, id: String?, expiresAtUnixSeconds: Int64,
        separator: UInt8 = TimeLimitedCredential.defaultSeparator
    ) {
        (username, password) = TimeLimitedCredential.issue(
            secret: SharedSecret(text: secret, label: "command line"), id: id,
            expiresAtUnixSeconds: expiresAtUnixSeconds, separator: separator)
        self.expiresAtUnixSeconds = expiresAtUnixSeconds
    }

    /// Lines of names and values.
    package func text(uris: [String]) -> String {
        let expiry = Date(timeIntervalSince1970: TimeInterval(expiresAtUnixSeconds)).formatted(.iso8601)
        let lines = ["username: \(username)", "password: \(password)", "expires:  \(expiry)"]
        return (lines + uris.map { "uri:      \($0)" }).joined(separator: "\n")
    }

    /// What `new RTCPeerConnection(...)` takes.
    package func iceServers(uris: [String]) throws -> String {
        let server = Server(urls: uris, username: username, credential: password)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(["iceServers": [server]]), as: UTF8.self)
    }

    private struct Server: Encodable {
        var urls: [String]
        var username: String
        var credential: String
    }
}
