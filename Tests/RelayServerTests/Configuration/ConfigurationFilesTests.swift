import ConfigurationKeys
import Credentials
import Foundation
import TestSupport
import Testing

@testable import RelayServer

/// Files that the configuration names: certificates, keys, secrets, users.
struct ConfigurationFilesTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func missingConfigurationFileIsOneLine() {
        let lines = fileProblems("/nonexistent/t.yaml")
        #expect(lines == ["--config: cannot read /nonexistent/t.yaml: no such file or directory; check the path"])
    }

    @Test func folderInPlaceOfAConfigurationFileIsOneLine() {
        #expect(fileProblems("/") == ["--config: cannot read /: it is a folder; write the path of a file"])
    }

    private func fileProblems(_ path: String) -> [String] {
        do {
            _ = try ConfigurationLoader(path: path).load()
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func matchingCertificateAndKeyAreFine() throws {
        let (certificate, key) = try folder.makeCertificate()
        #expect(problems(flags: tls(certificate, key)).isEmpty)
    }

    @Test func missingCertificateIsOneLine() throws {
        let (_, key) = try folder.makeCertificate()
        #expect(
            problems(flags: tls("/nonexistent/c.pem", key)) == [
                "--certificate: relay.tls.certificate: cannot read the certificate /nonexistent/c.pem: "
                    + "no such file or directory; check the path"
            ])
    }

    @Test func keyOfAnotherCertificateIsOneLine() throws {
        let (certificate, _) = try folder.makeCertificate()
        let (_, otherKey) = try folder.makeCertificate("other")
        #expect(
            problems(flags: tls(certificate, otherKey)) == [
                "--private-key: relay.tls.private-key: "
                    + "\(otherKey) is not the key of the certificate in \(certificate); "
                    + "name the two files that were made together; the server's certificate comes first in its file"
            ])
    }

    @Test func fileWithoutACertificateIsOneLine() throws {
        let (_, key) = try folder.makeCertificate()
        let empty = try folder.write("nothing\n", to: "empty.pem")
        let lines = problems(flags: tls(empty, key))
        #expect(lines.count == 1)
        #expect(
            lines.first?.hasPrefix("--certificate: relay.tls.certificate: there is no certificate in \(empty)") == true)
        #expect(problems(flags: tls(key, empty)).count == 2)
    }

    @Test func encryptedKeyIsRefusedWithoutAskingForItsPassphrase() throws {
        let (certificate, key) = try folder.makeCertificate()
        let encrypted = folder.path + "/encrypted.key"
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = ["pkcs8", "-topk8", "-in", key, "-out", encrypted, "-passout", "pass:x"]
        try process.run()
        process.waitUntilExit()
        let lines = problems(flags: tls(certificate, encrypted))
        #expect(lines.count == 1)
        #expect(lines.first?.contains("there is no private key in \(encrypted)") == true)
    }

    @Test func expiredCertificateIsAWarning() throws {
        let certificate = folder.path + "/c.pem"
        let key = folder.path + "/k.pem"
        try SelfSignedCertificate.make(
            certificate: certificate, key: key, names: ["localhost"], addresses: [], days: -1)
        let loaded = try ConfigurationLoader(flags: tls(certificate, key) + ["--secret", "s"]).load()
        #expect(
            loaded.warnings
                == ["--certificate: relay.tls.certificate: the certificate in \(certificate) has expired; renew it"])
    }

    @Test func keyThatEveryoneCanReadIsAWarning() throws {
        let (certificate, key) = try folder.makeCertificate()
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
        let loaded = try ConfigurationLoader(flags: tls(certificate, key) + ["--secret", "s"]).load()
        #expect(loaded.warnings.count == 1)
        #expect(loaded.warnings.first?.contains("can be read by every user of this machine") == true)
    }

    @Test func secretFilesAreChecked() throws {
        let good = try folder.write("s3cret\n", to: "good")
        let empty = try folder.write("\n# nothing\n", to: "empty")
        let two = try folder.write("a\nb\n", to: "two")
        let open = try folder.write("s3cret\n", to: "open", permissions: 0o644)
        #expect(problems(flags: ["--secret-file", good, "--secret-file", "guests=\(good)"]).isEmpty)
        #expect(
            problems(flags: ["--secret-file", empty]) == [
                "--secret-file: relay.secret-files: there is no secret in \(empty); "
                    + "write one, for example: openssl rand -hex 32 > \(empty)"
            ])
        #expect(
            problems(flags: ["--secret-file", two]) == [
                "--secret-file: relay.secret-files: there are 2 lines in the secret file \(two); "
                    + "write one secret per file; several files may be named"
            ])
        #expect(
            problems(flags: ["--secret-file", "/nonexistent"]) == [
                "--secret-file: relay.secret-files: cannot read the secret file /nonexistent: "
                    + "no such file or directory; check the path"
            ])
        #expect(
            try ConfigurationLoader(flags: ["--secret-file", open]).load().warnings == [
                "--secret-file: relay.secret-files: "
                    + "\(open) can be read by every user of this machine; chmod 600 \(open)"
            ])
    }

    @Test func classesOfSecretFilesCanHavePoliciesOfTheirOwn() throws {
        let secret = try folder.write("s3cret\n", to: "s")
        let flags = ["--secret-file", "guests=\(secret)", "--expiry-of-class", "guests=grace:5m"]
        #expect(problems(flags: flags).isEmpty)
        #expect(
            problems(flags: ["--secret-file", "guests=\(secret)", "--expiry-of-class", "guest=end"]) == [
                "--expiry-of-class: relay.expiry-of-classes: no secret file is of the class guest; did you mean guests?"
            ])
    }

    @Test func usersFileIsReadLineByLine() throws {
        let alice = try UserRecord(name: "alice", realm: "tern", password: "a").line
        let other = try UserRecord(name: "b: c", realm: "tern", password: "b").line
        let good = try folder.write("# users\n\n\(alice)\n\(other)\n", to: "good")
        let loaded = try ConfigurationLoader(flags: ["--users-file", good, "--user", "carol:c"]).load()
        #expect(loaded.credentials.userCount == 3)
        #expect(
            loaded.credentials.key(ofUser: "alice")
                == (try LongTermKey(username: "alice", realm: "tern", password: "a")))

        func problem(_ line: String) throws -> String {
            let path = try folder.write("# users\n\(line)\n", to: "bad")
            let lines = problems(flags: ["--users-file", path])
            #expect(lines.count == 1)
            return lines.first.map { String($0.dropFirst(path.count)) } ?? ""
        }
        #expect(
            try problem("alice:0123")
                == ":2: relay.users-file: this is no line of a users file; write what 'tern credentials hash' prints")
        #expect(
            try problem("\(alice)\n\(alice)")
                == ":3: relay.users-file: the user \"alice\" stands on line 2 too; keep one of them")
        #expect(
            try problem(UserRecord(name: "alice", realm: "elsewhere", password: "a").line)
                == ":2: relay.users-file: the key of \"alice\" is for the realm \"elsewhere\", not for \"tern\"; "
                + "hash the password again with --realm tern")
        #expect(
            problems(flags: ["--users-file", good, "--user", "alice:x"]) == [
                "--users-file: relay.users-file: the user \"alice\" is in relay.users and in \(good); keep one of them"
            ])
        #expect(
            problems(flags: ["--users-file", "/nonexistent"]) == [
                "--users-file: relay.users-file: cannot read the users file /nonexistent: "
                    + "no such file or directory; check the path"
            ])
        #expect(
            problems(flags: ["--user", "a\u{7}:x"]) == [
                "--user: relay.users: the name or the password of \"a\\u{07}\" "
                    + "must not contain U+0007 (a control, invisible, unassigned or misplaced character); "
                    + "choose another one"
            ])
    }

    @Test func nonceKeyComesFromItsFile() throws {
        let key = try folder.write("0123456789abcdef\n", to: "key")
        let short = try folder.write("0123\n", to: "short")
        let loaded = try ConfigurationLoader(flags: ["--nonce-secret-file", key]).load()
        #expect(loaded.nonceKey == Array("0123456789abcdef".utf8))
        #expect(
            problems(flags: ["--nonce-secret-file", short]) == [
                "--nonce-secret-file: relay.nonce-secret-file: the key in \(short) is shorter than 16 characters; "
                    + "write a longer one, for example: openssl rand -hex 32 > \(short)"
            ])
    }

    private func tls(_ certificate: String, _ key: String) -> [String] {
        ["--listen", "tls://127.0.0.1:5349", "--certificate", certificate, "--private-key", key]
    }
}
