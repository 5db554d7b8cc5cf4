import Foundation
import Testing

@testable import Companion

@Suite("Mail and text transports")
struct TransportTests {
    private let message = OutgoingMessage(
        id: "abc", at: 1_749_988_800_000, kind: .mail, to: "anna@example.org", subject: "Hello", body: "Key: 1234\n")

    /// What an SMTP server says that takes everything, or answers RCPT with `recipient`.
    private func smtp(_ log: Collected, recipient: String = "250 ok") -> LoopbackServer {
        LoopbackServer { connection in
            connection.write("220 test\r\n")
            while let line = connection.line() {
                log.add(line)
                switch line.prefix(4).uppercased() {
                case "EHLO": connection.write("250 test\r\n")
                case "RCPT": connection.write(recipient + "\r\n")
                case "DATA":
                    connection.write("354 go\r\n")
                    while let text = connection.line(), text != "." { log.add(text) }
                    connection.write("250 taken\r\n")
                case "QUIT":
                    connection.write("221 bye\r\n")
                    return
                default: connection.write("250 ok\r\n")
                }
            }
        }
    }

    @Test("a mail is handed in with sender, recipient and body")
    func handsIn() async throws {
        let log = Collected()
        let server = smtp(log)
        let transport = try SMTPTransport(
            SMTPSettings(url: "smtp://127.0.0.1:\(server.port)", from: "tern@example.org"))
        try await transport.send(message)
        #expect(log.all.contains("EHLO example.org"))
        #expect(log.all.contains("MAIL FROM:<tern@example.org>"))
        #expect(log.all.contains("RCPT TO:<anna@example.org>"))
        #expect(log.all.contains("Subject: Hello"))
        #expect(log.all.contains(Data("Key: 1234\r\n".utf8).base64EncodedString()))
    }

    @Test("a refused recipient is final, a server that is busy is not")
    func refused() async throws {
        for (answer, isFinal) in [("550 no such mailbox", true), ("451 try later", false)] {
            let server = smtp(Collected(), recipient: answer)
            let transport = try SMTPTransport(
                SMTPSettings(url: "smtp://127.0.0.1:\(server.port)", from: "tern@example.org"))
            do {
                try await transport.send(message)
                Issue.record("\(answer) was not noticed")
            } catch {
                if case .permanent = error { #expect(isFinal) } else { #expect(!isFinal) }
            }
        }
    }

    @Test("nobody there is no reason to give up")
    func unreachable() async throws {
        let transport = try SMTPTransport(SMTPSettings(url: "smtp://127.0.0.1:1", from: "tern@example.org"))
        await #expect {
            try await transport.send(message)
        } throws: { error in
            if case .temporary = error as? MailFailure { true } else { false }
        }
    }

    @Test("mail without TLS goes to this machine only")
    func loopback() {
        #expect(SMTPTransport.isLoopback("127.0.0.1") && SMTPTransport.isLoopback("localhost"))
        #expect(!SMTPTransport.isLoopback("mail.example.org") && !SMTPTransport.isLoopback("192.0.2.1"))
    }

    @Test(
        "an unusable server or sender is told at the start",
        arguments: [
            ("http://mail", "a@b.co"), ("smtp://", "a@b.co"), ("smtp://u:p@mail:25", "a@b.co"),
            ("smtp://mail", "nobody"),
        ])
    func unusable(_ url: String, _ from: String) {
        #expect(throws: MailFailure.self) { try SMTPTransport(SMTPSettings(url: url, from: from)) }
    }

    @Test("a text message is posted as JSON with its token")
    func webhook() async throws {
        let log = Collected()
        let server = LoopbackServer { connection in
            var length = 0
            while let line = connection.line(), !line.isEmpty {
                log.add(line)
                if line.lowercased().hasPrefix("content-length: ") { length = Int(line.dropFirst(16)) ?? 0 }
            }
            log.add(connection.bytes(length))
            connection.write("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        }
        let transport = try WebhookTransport(
            WebhookSettings(url: "http://127.0.0.1:\(server.port)/sms", bearer: "secret-token"))
        let text = OutgoingMessage(
            id: "abc", at: 0, kind: .text, to: "+436601234567", subject: "", body: "Grüße \"1\"")
        try await transport.send(text)
        #expect(log.all.first == "POST /sms HTTP/1.1")
        #expect(log.all.contains("Authorization: Bearer secret-token"))
        #expect(log.all.last == #"{"id":"abc","text":"Grüße \"1\"","to":"+436601234567"}"#)
    }

    @Test(
        "the gateway's status decides whether a text message is tried again",
        arguments: [(400, true), (404, true), (429, false), (500, false), (503, false)])
    func webhookStatus(_ status: Int, _ isFinal: Bool) async throws {
        let server = LoopbackServer { connection in
            while let line = connection.line(), !line.isEmpty {}
            connection.write("HTTP/1.1 \(status) No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
        let transport = try WebhookTransport(WebhookSettings(url: "http://127.0.0.1:\(server.port)/"))
        await #expect {
            try await transport.send(message)
        } throws: { error in
            if case .permanent = error as? MailFailure { isFinal } else { !isFinal }
        }
    }

    @Test(
        "text messages leave this machine over HTTPS only", arguments: ["http://example.org/", "ftp://a/", "nothing"])
    func webhookURL(_ url: String) {
        #expect(throws: MailFailure.self) { try WebhookTransport(WebhookSettings(url: url)) }
    }
}
