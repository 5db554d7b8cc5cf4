import CCurl
import Foundation

/// Where mail is handed in.
public struct SMTPSettings: Sendable, Equatable {
    /// `smtp://host:port` (STARTTLS, which is required unless the host is this machine) or `smtps://host:port`.
    public var url: String
    /// The sender's address.
    public var from: String
    /// The name shown before the sender's address.
    public var fromName: String
    /// The user to sign in as, if any.
    public var user: String?
    /// The user's password.
    public var password: String?
    /// A file with the certificates to trust instead of the system's.
    public var caFile: String?

    /// Where and as whom mail is handed in.
    public init(
        url: String, from: String, fromName: String = "Tern", user: String? = nil, password: String? = nil,
        caFile: String? = nil
    ) {
        self.url = url
        self.from = from
        self.fromName = fromName
        self.user = user
        self.password = password
        self.caFile = caFile
    }
}

/// Sends mail to a submission server [RFC 6409] through libcurl.
public struct SMTPTransport: MailTransport {
    private let settings: SMTPSettings
    private let host: String
    private let isPlainAllowed: Bool
    private let queue = BlockingQueue(name: "mail", width: 1)

    /// Mail leaves the outbox.
    public var keepsMessages: Bool { false }

    /// A transport; throws what is wrong with the settings.
    public init(_ settings: SMTPSettings) throws(MailFailure) {
        guard let url = URLComponents(string: settings.url), let scheme = url.scheme,
            ["smtp", "smtps"].contains(scheme),
            let host = url.host, !host.isEmpty, url.user == nil, url.password == nil
        else {
            throw .permanent("\(settings.url) is no mail server; write smtp://HOST:PORT or smtps://HOST:PORT")
        }
        guard ElectronicAddress(settings.from) != nil else {
            throw .permanent("\(settings.from) is no sender's address; write one such as tern@example.org")
        }
        self.settings = settings
        self.host = host
        isPlainAllowed = scheme == "smtp" && Self.isLoopback(host)
    }

    /// Sends one mail.
    public func send(_ message: OutgoingMessage) async throws(MailFailure) {
        guard message.kind == .mail, ElectronicAddress(message.to) != nil else {
            throw .permanent("this is no address for mail")
        }
        let transfer = transfer(of: message)
        do {
            _ = try await queue.run { try transfer.run() }
        } catch let failure as Transfer.Failure {
            // RFC 5321 4.2.1: 5yz is final. Sign-in and TLS problems are the operator's, and mend later.
            let isFinal = failure.status >= 500 && failure.code == CURLE_SEND_ERROR.rawValue
            throw isFinal ? .permanent(failure.description) : .temporary(failure.description)
        } catch {
            throw .temporary("\(error)")
        }
    }

    private func transfer(of message: OutgoingMessage) -> Transfer {
        let name = ElectronicAddress(settings.from)?.text.split(separator: "@").last.map(String.init) ?? "localhost"
        // The path is what EHLO names [RFC 5321 4.1.1.1].
        var transfer = Transfer(url: settings.url.trimmingSuffix("/") + "/" + name, protocols: "smtp,smtps")
        transfer.set(CURLOPT_MAIL_FROM, "<\(settings.from)>")
        transfer.set(CURLOPT_MAIL_RCPT, ["<\(message.to)>"])
        transfer.set(CURLOPT_USE_SSL, Int((isPlainAllowed ? CURLUSESSL_TRY : CURLUSESSL_ALL).rawValue))
        transfer.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let user = settings.user { transfer.set(CURLOPT_USERNAME, user) }
        if let password = settings.password { transfer.set(CURLOPT_PASSWORD, password) }
        if let caFile = settings.caFile { transfer.set(CURLOPT_CAINFO, caFile) }
        transfer.set(CURLOPT_UPLOAD, 1)
        let from = "\(MessageFormat.phrase(settings.fromName)) <\(settings.from)>"
        transfer.send(MessageFormat.mail(message, from: from, host: name))
        return transfer
    }

    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || host == "[::1]" || host.hasPrefix("127.")
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
