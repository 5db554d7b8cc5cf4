import Companion
import CompanionServer
public import ConfigurationKeys
import Foundation
import RelayServer
import STUN

extension CompanionConfiguration {
    /// The knobs of the services.
    func settings() throws -> CompanionSettings {
        var settings = CompanionSettings()
        if let origin = origins.first { settings.publicURL = origin.description }
        settings.accounts.passwordProfile = passwordProfile
        settings.accounts.signUpOpen = allowsSignUp
        settings.sessions.idleSeconds = sessionIdleSeconds
        settings.sessions.lifetimeSeconds = sessionSeconds
        settings.documents.bytesMax = Int64(documentBytes)
        settings.documents.bytesPerPersonMax = Int64(documentBytesPerPerson)
        settings.relayAccess.stunURIs = relayURIs.filter { $0.hasPrefix("stun") }
        settings.relayAccess.turnURIs = relayURIs.filter { $0.hasPrefix("turn") }
        settings.relayAccess.ttlSeconds = credentialSeconds
        settings.relayAccess.ttlSecondsMin = min(credentialSeconds, settings.relayAccess.ttlSecondsMin)
        return settings
    }

    /// Where it listens.
    var edge: EdgeSettings {
        let listener = listeners.first.flatMap { address -> EdgeSettings.TLSListener? in
            guard let certificateFile, let privateKeyFile else { return nil }
            return EdgeSettings.TLSListener(
                host: address.ip.description, port: Int(address.port), certificateFile: certificateFile,
                privateKeyFile: privateKeyFile)
        }
        return EdgeSettings(tls: listener, handOverSocket: socket)
    }

    /// What carries mail: a server, or the outbox.
    ///
    /// - Parameter show: called with each message that stays in the outbox.
    func mailTransport(show: @escaping @Sendable (OutgoingMessage) -> Void) throws -> any MailTransport {
        guard let mailServer else { return OutboxTransport(show: show) }
        let password = try mailPasswordFile.map { try SecretFileReader.secret(inFile: $0) }
        do throws(MailFailure) {
            return try SMTPTransport(
                SMTPSettings(
                    url: mailServer, from: mailFrom, user: mailUser, password: password, caFile: mailAuthorityFile))
        } catch {
            throw ConfigurationProblem(
                origin: .builtIn, key: "companion.mail.server", problem: "\(error)", remedy: "correct it")
        }
    }

    /// What carries text messages, if anything does.
    func textTransport() throws -> (any MailTransport)? {
        guard let textWebhook else { return nil }
        let token = try textTokenFile.map { try SecretFileReader.secret(inFile: $0) }
        do throws(MailFailure) {
            return try WebhookTransport(WebhookSettings(url: textWebhook, bearer: token))
        } catch {
            throw ConfigurationProblem(
                origin: .builtIn, key: "companion.texts.webhook", problem: "\(error)", remedy: "correct it")
        }
    }

    /// What keys say together.
    ///
    /// - Throws: `ConfigurationFailure`.
    static func check(_ values: CompanionConfiguration, _ provenance: Provenance) throws -> [String] {
        var problems: [ConfigurationProblem] = []
        func report(_ key: String, _ problem: String, _ remedy: String) {
            problems.append(
                ConfigurationProblem(origin: provenance.origin(key), key: key, problem: problem, remedy: remedy))
        }
        if !values.listeners.isEmpty, values.certificateFile == nil || values.privateKeyFile == nil {
            report(
                "companion.listen", "a listener needs a certificate and its key",
                "set companion.tls.certificate and companion.tls.private-key")
        }
        if values.listeners.count > 1 {
            report("companion.listen", "there is more than one listener", "name one address; 0.0.0.0 or [::] for all")
        }
        if values.mailUser != nil, values.mailPasswordFile == nil {
            report("companion.mail.user", "a name without a password", "set companion.mail.password-file")
        }
        guard problems.isEmpty else { throw ConfigurationFailure(problems) }
        return values.relayURIs.enumerated().filter { namesAddressForTLS($1) }.map { index, uri in
            ConfigurationProblem(
                origin: provenance.origin("companion.relay.uris", at: index), key: "companion.relay.uris",
                problem: "\(uri) is an address: Firefox takes only names for TLS, and certificates name hosts",
                remedy: "write turns:HOST:PORT"
            ).description
        }
    }

    private static func namesAddressForTLS(_ uri: String) -> Bool {
        guard uri.hasPrefix("turns:") || uri.hasPrefix("stuns:") else { return false }
        let host = uri.dropFirst(6)
        return host.hasPrefix("[") || IPAddress(String(host.prefix { $0 != ":" && $0 != "?" })) != nil
    }
}

extension ConfigurationPart {
    /// The companion's part of the file.
    public static var companion: ConfigurationPart {
        ConfigurationPart(CompanionConfiguration.self, check: CompanionConfiguration.check)
    }
}
