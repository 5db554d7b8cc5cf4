import CCurl
import Foundation

/// Where text messages are handed in.
public struct WebhookSettings: Sendable, Equatable {
    /// `https://...` (`http://` to this machine only).
    public var url: String
    /// Sent as `Authorization: Bearer ...` when given.
    public var bearer: String?
    /// A file with the certificates to trust instead of the system's.
    public var caFile: String?

    /// Where text messages are handed in.
    public init(url: String, bearer: String? = nil, caFile: String? = nil) {
        self.url = url
        self.bearer = bearer
        self.caFile = caFile
    }
}

/// Sends text messages as `POST {"id","to","text"}` to a provider's or an own gateway's address.
public struct WebhookTransport: MailTransport {
    private struct Body: Encodable {
        let id: String
        let to: String
        let text: String
    }

    private let settings: WebhookSettings
    private let queue = BlockingQueue(name: "text messages", width: 1)

    /// Messages leave the outbox.
    public var keepsMessages: Bool { false }

    /// A transport; throws what is wrong with the settings.
    public init(_ settings: WebhookSettings) throws(MailFailure) {
        guard let url = URLComponents(string: settings.url), let host = url.host, !host.isEmpty,
            url.scheme == "https" || (url.scheme == "http" && SMTPTransport.isLoopback(host))
        else {
            throw .permanent("\(settings.url) is no address for text messages; write https://HOST/PATH")
        }
        if let bearer = settings.bearer, !bearer.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) {
            throw .permanent("the token for text messages has characters that no header can hold")
        }
        self.settings = settings
    }

    /// Sends one text message.
    public func send(_ message: OutgoingMessage) async throws(MailFailure) {
        let answer: Transfer.Answer
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let body = try encoder.encode(Body(id: message.id, to: message.to, text: message.body))
            var transfer = Transfer(url: settings.url, protocols: "http,https")
            var headers = ["Content-Type: application/json", "Expect:"]
            if let bearer = settings.bearer { headers.append("Authorization: Bearer \(bearer)") }
            transfer.set(CURLOPT_HTTPHEADER, headers)
            transfer.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
            if let caFile = settings.caFile { transfer.set(CURLOPT_CAINFO, caFile) }
            transfer.set(CURLOPT_POST, 1)
            transfer.set(CURLOPT_POSTFIELDSIZE, body.count)
            transfer.send(Array(body))
            let prepared = transfer
            answer = try await queue.run { try prepared.run() }
        } catch {
            throw .temporary("\(error)")
        }
        switch answer.status {
        case 200..<300: return
        case 408, 425, 429, 500...: throw .temporary("the gateway of text messages answered \(answer.status)")
        default: throw .permanent("the gateway of text messages answered \(answer.status)")
        }
    }
}
