import Foundation

/// A request that is complete.
public struct HTTPRequest: Sendable, Equatable {
    /// `GET`, `POST`, ...
    public let method: String
    /// The path as it was sent, percent-encoded, without the query.
    public let path: String
    /// The body.
    public let body: [UInt8]
    private let queryText: Substring

    /// A request for `target`, in origin or absolute form [RFC 9112 3.2].
    public init(method: String, target: String, body: [UInt8] = []) {
        self.method = method
        self.body = body
        var rest = target[...]
        if let scheme = rest.firstRange(of: "://"), !rest.hasPrefix("/") {
            rest = rest[scheme.upperBound...].drop { $0 != "/" }
        }
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts.first ?? "")
        queryText = parts.count > 1 ? parts[1] : ""
    }

    /// The path's segments, each decoded by itself: an encoded slash is part of one, not between two.
    public var segments: [String] { path.split(separator: "/").map(Self.decoded) }

    /// The first value of the query with this name.
    public func query(_ name: String) -> String? {
        for item in queryText.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if Self.decoded(parts[0]) == name { return parts.count > 1 ? Self.decoded(parts[1]) : "" }
        }
        return nil
    }

    private static func decoded(_ text: Substring) -> String { text.removingPercentEncoding ?? String(text) }
}
