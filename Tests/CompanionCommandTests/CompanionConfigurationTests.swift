import Companion
import ConfigurationKeys
import Foundation
import RelayServer
import Testing

@testable import CompanionCommand

/// The companion's part of the configuration.
struct CompanionConfigurationTests {
    static let shippedPath = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "conf/tern.yaml").path

    @Test func shippedFileIsWhatBothTablesDocument() throws {
        let text = try String(contentsOfFile: Self.shippedPath, encoding: .utf8)
        #expect(text == [ConfigurationPart.relay, .companion].document)
    }

    @Test func shippedFileParsesToExactlyTheDefaults() throws {
        let read = try ConfigurationSources(path: Self.shippedPath).read(CompanionConfiguration.self)
        #expect(read.values == CompanionConfiguration())
        #expect(Set(read.provenance.origins.keys) == Set(CompanionConfiguration.keys.map(\.path)))
    }

    @Test func noFlagOrVariableBelongsToBothParts() {
        let relay = RelayConfiguration.schema.keys
        let companion = CompanionConfiguration.schema.keys
        #expect(Set(companion.map(\.flag)).count == companion.count)
        #expect(Set(companion.map(\.flag)).isDisjoint(with: relay.map(\.flag)))
        #expect(Set(companion.map(\.environmentVariable)).isDisjoint(with: relay.map(\.environmentVariable)))
        let sections = Set(CompanionConfiguration.sections.map(\.path))
        for key in companion {
            #expect(sections.contains(key.section), "\(key.path)")
            #expect(key.comment.last == "." && key.comment.count <= 110, "\(key.path)")
        }
    }

    @Test(arguments: [
        ("https://call.example", "https://call.example"), ("HTTPS://Call.Example:443/", "https://call.example"),
        ("https://[::1]:8443", "https://[::1]:8443"),
    ])
    func originsAreWrittenAsBrowsersSendThem(text: String, origin: String) {
        #expect(Origin(text)?.description == origin)
    }

    @Test(arguments: [
        ("https://call.example", "call.example", 443), ("https://localhost:8443", "localhost", 8443),
        ("https://192.0.2.7:8443", nil, 8443), ("https://[2001:db8::7]", nil, 443),
        ("https://[2001:db8::7]:8443", nil, 8443),
    ])
    func anOriginHasANameOrAnAddressAndAPort(text: String, name: String?, port: UInt16) throws {
        let origin = try #require(Origin(text))
        #expect(origin.name == name && origin.port == port)
    }

    @Test(arguments: [
        ("turns:192.0.2.7:443?transport=tcp", true), ("turns:[2001:db8::7]:443", true), ("stuns:192.0.2.7", true),
        ("turns:relay.example:443?transport=tcp", false), ("turn:192.0.2.7:3478", false),
    ])
    func anAddressForTLSIsWarnedOf(uri: String, isWarned: Bool) throws {
        let (values, provenance) = try ConfigurationSources(flags: ["--turn-uri", uri]).read(
            CompanionConfiguration.self)
        let warnings = try CompanionConfiguration.check(values, provenance)
        #expect(warnings.count == (isWarned ? 1 : 0))
        if isWarned {
            #expect(
                warnings == [
                    "--turn-uri: companion.relay.uris: \(uri) is an address: Firefox takes only names for TLS, and "
                        + "certificates name hosts; write turns:HOST:PORT"
                ])
        }
    }

    @Test(arguments: ["http://call.example", "https://", "https://call.example/path", "call.example", "https://a b"])
    func whatIsNoOriginIsRefused(text: String) {
        #expect(Origin(text) == nil)
    }

    @Test(arguments: [
        (["--web-listen", "127.0.0.1:8443"], "companion.listen"),
        (["--mail-user", "tern"], "companion.mail.user"),
    ])
    func keysThatNeedEachOtherAreToldApart(flags: [String], key: String) throws {
        let (values, provenance) = try ConfigurationSources(flags: flags).read(CompanionConfiguration.self)
        #expect {
            try CompanionConfiguration.check(values, provenance)
        } throws: { error in
            (error as? ConfigurationFailure)?.problems.map(\.key) == [key]
        }
    }

    @Test func knobsReachTheServices() throws {
        let flags = [
            "--origin", "https://call.example", "--password-profile", "nist", "--sign-up", "--session-idle", "10m",
            "--document-size", "1MiB", "--turn-uri", "turn:a:3478", "--turn-uri", "stun:b:3478",
            "--credential-lifetime", "20s",
        ]
        let settings = try ConfigurationSources(flags: flags).read(CompanionConfiguration.self).values.settings()
        #expect(settings.publicURL == "https://call.example")
        #expect(settings.accounts.passwordProfile == .nist && settings.accounts.signUpOpen)
        #expect(settings.sessions.idleSeconds == 600)
        #expect(settings.documents.bytesMax == 1 << 20)
        #expect(settings.relayAccess.turnURIs == ["turn:a:3478"] && settings.relayAccess.stunURIs == ["stun:b:3478"])
        #expect(settings.relayAccess.ttlSeconds == 20 && settings.relayAccess.ttlSecondsMin == 20)
    }
}
