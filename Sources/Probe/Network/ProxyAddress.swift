import Foundation

/// An HTTP proxy, as `http://user:password@proxy.example:3128` names it.
public struct ProxyAddress: Hashable, Sendable {
    /// A DNS name or an address without brackets.
    public let host: String
    /// Its port; 3128 when the text names none.
    public let port: UInt16
    /// The value of `Proxy-Authorization`; nil when the text has no user.
    let authorization: String?

    /// Reads a proxy's URL; the scheme may be left out. Nil for what is none, or one over TLS.
    public init?(_ text: String) {
        var rest = Substring(text)
        if let scheme = rest.firstRange(of: "://") {
            guard rest[..<scheme.lowerBound].lowercased() == "http" else { return nil }
            rest = rest[scheme.upperBound...]
        }
        rest = rest.prefix { $0 != "/" }
        if let at = rest.lastIndex(of: "@") {
            authorization =
                "Basic "
                + Data((String(rest[..<at]).removingPercentEncoding ?? String(rest[..<at])).utf8)
                .base64EncodedString()
            rest = rest[rest.index(after: at)...]
        } else {
            authorization = nil
        }
        let portText: Substring
        if rest.hasPrefix("["), let bracket = rest.firstIndex(of: "]") {
            host = String(rest[rest.index(after: rest.startIndex)..<bracket])
            portText = rest[rest.index(after: bracket)...]
        } else {
            let colon = rest.firstIndex(of: ":") ?? rest.endIndex
            host = String(rest[..<colon])
            portText = rest[colon...]
        }
        guard !host.isEmpty else { return nil }
        guard !portText.isEmpty else {
            port = 3128
            return
        }
        guard portText.first == ":", let number = UInt16(portText.dropFirst()), number > 0 else { return nil }
        port = number
    }

    /// The proxy that the environment names for connections to `host`: `https_proxy`, unless `no_proxy` has the host.
    public static func named(in environment: [String: String], for host: String) -> ProxyAddress? {
        guard let text = environment["https_proxy"] ?? environment["HTTPS_PROXY"], !text.isEmpty else { return nil }
        let exempt = (environment["no_proxy"] ?? environment["NO_PROXY"] ?? "").split(separator: ",")
        for entry in exempt {
            let name = entry.drop { $0 == " " || $0 == "." }.lowercased()
            if name == "*" || (!name.isEmpty && (host.lowercased() == name || host.lowercased().hasSuffix("." + name)))
            {
                return nil
            }
        }
        return ProxyAddress(text)
    }

    /// Host and port, as a request line has them.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
