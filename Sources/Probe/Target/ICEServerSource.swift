import CCurl
public import Foundation
public import TURNClient

/// Fetches a list of ICE servers over HTTPS, where a web application would get it.
public struct ICEServerSource: Sendable {
    /// Seconds until a connection must stand.
    private static let connectSeconds = 10
    /// Seconds for the whole exchange.
    private static let totalSeconds = 20
    /// Bytes of an answer at most.
    static let answerBytesMax = 256 << 10

    /// Where the list is: `https://`, or `http://` on this machine.
    public let url: URL
    /// Authorities beside the system's, or no check at all.
    public var trust = CertificateTrust.system
    /// The HTTP proxy on the way, asked with CONNECT.
    public var proxy: ProxyAddress?
    /// Sent as `Authorization: Bearer`.
    public var token: String?

    /// What went wrong, in one line that shows neither password nor query.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// The place, what happened, and what to do about it.
        public let description: String
    }

    /// Whether this text names a list to be fetched, and not a file.
    public static func isAddress(_ text: String) -> Bool {
        let lower = text.lowercased()
        return lower.hasPrefix("https:") || lower.hasPrefix("http:")
    }

    /// A source; throws what is wrong with its address.
    public init(_ text: String) throws(Failure) {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), let host = url.host(), !host.isEmpty
        else { throw Failure(description: "the address of the ICE servers is no URL: write https://HOST/PATH") }
        // What it holds is a password: in clear it goes nowhere.
        guard scheme == "https" || ICEServerSource.isLocal(host) else {
            throw Failure(description: "\(ICEServerSource.place(url)) would send credentials in clear: write https://")
        }
        self.url = url
    }

    private static func isLocal(_ host: String) -> Bool {
        ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host)
    }

    /// The list as it is now. Blocks until it is there, or has failed.
    public func fetch() throws(Failure) -> ICEServers {
        let (status, body) = try transfer()
        switch status {
        case 200..<300: break
        case 300..<400: throw failure("answered \(status) and names another place: give that one")
        case 401, 403: throw failure("refused (HTTP \(status)): it wants a token or a password")
        default: throw failure("answered HTTP \(status)")
        }
        do {
            return try ICEServers(json: body)
        } catch {
            throw failure("answered, and \(error)")
        }
    }

    // MARK: - Transfer

    private func transfer() throws(Failure) -> (status: Int, body: Data) {
        guard ICEServerSource.isReady, let handle = curl_easy_init() else {
            throw failure("cannot be asked: libcurl does not start")
        }
        defer { curl_easy_cleanup(handle) }
        var sink = ccurl_sink(bytes: nil, count: 0, capacity: 0, limit: ICEServerSource.answerBytesMax)
        defer { ccurl_sink_free(&sink) }
        var headers = Headers()
        defer { headers.free() }
        var reason = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        // The sink and the reason stay where they are while libcurl holds their addresses.
        let code = reason.withUnsafeMutableBufferPointer { reason in
            withUnsafeMutablePointer(to: &sink) { sink in
                var code = ccurl_set_text(handle, CURLOPT_ERRORBUFFER, reason.baseAddress)
                if code == CURLE_OK { code = ccurl_set_sink(handle, sink) }
                if code == CURLE_OK { code = prepare(handle, &headers) }
                return code == CURLE_OK ? curl_easy_perform(handle) : code
            }
        }
        guard code == CURLE_OK else {
            let text = String(decoding: reason.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            throw failure(words(code, text))
        }
        return (ccurl_status(handle), Data(UnsafeBufferPointer(start: sink.bytes, count: sink.count)))
    }

    private func prepare(_ handle: UnsafeMutableRawPointer, _ headers: inout Headers) -> CURLcode {
        let proxy = ICEServerSource.isLocal(url.host() ?? "") ? nil : proxy
        var texts: [(CURLoption, String)] = [
            (CURLOPT_URL, url.absoluteString), (CURLOPT_PROTOCOLS_STR, "http,https"),
            (CURLOPT_PROXY, proxy.map { "http://\($0.description)" } ?? ""),
        ]
        // The system's authorities stay trusted beside these: the list may well come from elsewhere than the relay.
        if case .authorities(let path) = trust { texts.append((CURLOPT_CAINFO, path)) }
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1),  // Signals belong to the process, and this is one thread of it.
            (CURLOPT_CONNECTTIMEOUT, ICEServerSource.connectSeconds), (CURLOPT_TIMEOUT, ICEServerSource.totalSeconds),
            (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)), (CURLOPT_HTTPPROXYTUNNEL, 1),
            (CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE)),
            (CURLOPT_SSL_VERIFYPEER, trust == .anything ? 0 : 1), (CURLOPT_SSL_VERIFYHOST, trust == .anything ? 0 : 2),
        ]
        for (option, text) in texts {
            let code = ccurl_set_text(handle, option, text)
            guard code == CURLE_OK else { return code }
        }
        for (option, number) in numbers {
            let code = ccurl_set_number(handle, option, number)
            guard code == CURLE_OK else { return code }
        }
        var own = ["Accept: application/json"]
        if let token { own.append("Authorization: Bearer \(token)") }
        let code = ccurl_set_list(handle, CURLOPT_HTTPHEADER, headers.list(own))
        guard code == CURLE_OK, let authorization = proxy?.authorization else { return code }
        return ccurl_set_list(handle, CURLOPT_PROXYHEADER, headers.list(["Proxy-Authorization: \(authorization)"]))
    }

    /// Lists that libcurl reads while it works.
    private struct Headers {
        private var lists: [UnsafeMutablePointer<curl_slist>] = []

        mutating func list(_ lines: [String]) -> UnsafeMutablePointer<curl_slist>? {
            var list: UnsafeMutablePointer<curl_slist>?
            for line in lines { list = curl_slist_append(list, line) ?? list }
            if let list { lists.append(list) }
            return list
        }

        func free() { lists.forEach { curl_slist_free_all($0) } }
    }

    private static let isReady = ccurl_global() == 0

    // MARK: - Words

    private func words(_ code: CURLcode, _ reason: String) -> String {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST: "cannot be fetched: the name \(url.host() ?? "") has no address"
        case CURLE_COULDNT_RESOLVE_PROXY: "cannot be fetched: the name of the proxy has no address"
        case CURLE_OPERATION_TIMEDOUT:
            "did not answer in time: is TCP to it open in the firewall, or is there a proxy to give with --proxy?"
        case CURLE_COULDNT_CONNECT: "cannot be fetched: no connection (\(reason))"
        case CURLE_PEER_FAILED_VERIFICATION:
            "has a certificate that is not trusted (\(reason)): give its authority with --ca FILE"
        case CURLE_SSL_CACERT_BADFILE: "cannot be fetched: the file of --ca holds no authority"
        case CURLE_WRITE_ERROR: "answered with more than \(ICEServerSource.answerBytesMax >> 10) KiB: it is no list"
        case _ where reason.contains("response 407") || reason.contains("response 401"):
            "cannot be fetched: the proxy wants a user and a password, --proxy http://USER:PASSWORD@HOST:PORT"
        default: "cannot be fetched: \(reason.isEmpty ? String(cString: curl_easy_strerror(code)) : reason)"
        }
    }

    private func failure(_ text: String) -> Failure { Failure(description: "\(ICEServerSource.place(url)) \(text)") }

    /// The address without what may be secret in it.
    private static func place(_ url: URL) -> String {
        guard var parts = URLComponents(url: url, resolvingAgainstBaseURL: false) else { return "the address" }
        (parts.user, parts.password, parts.query, parts.fragment) = (nil, nil, nil, nil)
        return parts.string ?? "the address"
    }
}
