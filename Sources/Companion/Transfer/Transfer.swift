import CCurl

/// One request of libcurl: made, run on the calling thread, and done.
struct Transfer {
    /// Seconds until a connection must stand.
    static let connectSecondsMax = 10
    /// Seconds for the whole exchange.
    static let totalSecondsMax = 30
    /// Bytes of an answer unless the request says otherwise.
    static let answerBytesMax = 1 << 20

    /// What went wrong, in one line.
    struct Failure: Error, CustomStringConvertible {
        /// libcurl's number.
        let code: UInt32
        /// The other side's status, 0 when it gave none.
        let status: Int
        let description: String
    }

    /// What came back.
    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
    }

    private enum Value {
        case text(String)
        case number(Int)
        case list([String])
    }

    private var options: [(option: CURLoption, value: Value)] = []
    private var upload: [UInt8]?
    private var answerLimit = Transfer.answerBytesMax

    /// A request to `url` over one of `protocols` (a list such as `smtp,smtps`); redirects are not followed.
    init(url: String, protocols: String) {
        set(CURLOPT_URL, url)
        set(CURLOPT_PROTOCOLS_STR, protocols)
        set(CURLOPT_NOSIGNAL, 1)  // Signals belong to the process, and this is one thread of it.
        set(CURLOPT_NOPROXY, "*")  // The environment's proxies are not ours.
        set(CURLOPT_CONNECTTIMEOUT, Self.connectSecondsMax)
        set(CURLOPT_TIMEOUT, Self.totalSecondsMax)
    }

    mutating func set(_ option: CURLoption, _ text: String) { options.append((option, .text(text))) }
    mutating func set(_ option: CURLoption, _ number: Int) { options.append((option, .number(number))) }
    mutating func set(_ option: CURLoption, _ list: [String]) { options.append((option, .list(list))) }

    /// Sends `bytes` as the body.
    mutating func send(_ bytes: [UInt8]) { upload = bytes }

    /// Takes no longer answers than this.
    mutating func limitAnswer(bytes: Int) { answerLimit = bytes }

    /// Runs it. Blocks: for a ``BlockingQueue`` only.
    func run() throws(Failure) -> Answer {
        guard Self.isReady, let transfer = curl_easy_init() else {
            throw Failure(code: CURLE_FAILED_INIT.rawValue, status: 0, description: "libcurl cannot be started")
        }
        defer { curl_easy_cleanup(transfer) }
        var lists: [UnsafeMutablePointer<curl_slist>] = []
        defer { lists.forEach { curl_slist_free_all($0) } }
        for (option, value) in options {
            let code: CURLcode
            switch value {
            case .text(let text): code = ccurl_set_text(transfer, option, text)
            case .number(let number): code = ccurl_set_number(transfer, option, number)
            case .list(let items):
                var list: UnsafeMutablePointer<curl_slist>?
                for item in items { list = curl_slist_append(list, item) ?? list }
                if let list { lists.append(list) }
                code = ccurl_set_list(transfer, option, list)
            }
            try Self.check(code, transfer)
        }
        return try perform(transfer)
    }

    private func perform(_ transfer: UnsafeMutableRawPointer) throws(Failure) -> Answer {
        var sink = ccurl_sink(bytes: nil, count: 0, capacity: 0, limit: answerLimit)
        defer { ccurl_sink_free(&sink) }
        let bytes = upload ?? []
        // Both structures stay where they are while libcurl holds their addresses.
        let code = withUnsafeMutablePointer(to: &sink) { sink in
            bytes.withUnsafeBufferPointer { bytes in
                var source = ccurl_source(bytes: bytes.baseAddress, count: bytes.count, position: 0)
                return withUnsafeMutablePointer(to: &source) { source in
                    var code = ccurl_set_sink(transfer, sink)
                    if code == CURLE_OK, upload != nil { code = ccurl_set_source(transfer, source) }
                    return code == CURLE_OK ? curl_easy_perform(transfer) : code
                }
            }
        }
        try Self.check(code, transfer)
        let body = Array(UnsafeBufferPointer(start: sink.bytes, count: sink.count))
        return Answer(status: ccurl_status(transfer), body: body)
    }

    private static func check(_ code: CURLcode, _ transfer: UnsafeMutableRawPointer) throws(Failure) {
        guard code != CURLE_OK else { return }
        let status = ccurl_status(transfer)
        var text = String(cString: curl_easy_strerror(code))
        if status > 0 { text += " (the other side said \(status))" }
        throw Failure(code: code.rawValue, status: status, description: text)
    }

    private static let isReady = ccurl_global() == 0
}
