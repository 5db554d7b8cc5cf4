import Credentials
import Integrity
import STUN
import Testing

/// RFC 8265 4.2.
struct OpaqueStringTests {
    @Test(arguments: [
        ("secret", "secret"), ("Two Words", "Two Words"), ("a\u{3000}b\u{00A0}c\u{2003}d", "a b c d"),
        ("e\u{301}", "\u{E9}"), ("\u{C5}\u{212B}A\u{30A}", "\u{C5}\u{C5}\u{C5}"), ("\u{1F600} π ß", "\u{1F600} π ß"),
        ("\u{2168}\u{AA}", "\u{2168}\u{AA}"), ("q\u{323}\u{307}", "q\u{323}\u{307}"),
        ("q\u{307}\u{323}", "q\u{323}\u{307}"), ("\u{915}\u{94D}\u{200D}\u{937}", "\u{915}\u{94D}\u{200D}\u{937}"),
        (" ", " "), ("~!@#$%^&*()_+\"'\\", "~!@#$%^&*()_+\"'\\"), ("مرحبا", "مرحبا"),
    ])
    func textIsMappedAndNormalised(text: String, prepared: String) throws {
        // Bytes: strings that look the same are equal in Swift.
        #expect(Array(try OpaqueString.prepare(text).utf8) == Array(prepared.utf8))
        #expect(try OpaqueString.prepare(prepared).utf8.elementsEqual(prepared.utf8))
    }

    @Test(arguments: [
        "\0", "a\n", "\t", "\u{7F}", "\u{85}", "\u{AD}", "a\u{200B}b", "\u{FEFF}", "\u{202E}x", "\u{2028}", "\u{E000}",
        "\u{FFFF}", "\u{1FFFE}", "\u{378}", "a\u{200D}b", "\u{1100}\u{1161}", "\u{E0041}", "\u{180E}",
    ])
    func whatCannotBeSeenOrTypedIsRefused(text: String) {
        #expect(throws: OpaqueStringFailure.self) { try OpaqueString.prepare(text) }
    }

    /// RFC 5892 appendix A.3 to A.9.
    @Test(arguments: [
        "paral\u{B7}lel", "\u{375}\u{3B1}", "\u{5D0}\u{5F3}", "\u{5E6}\u{5D4}\u{5F4}\u{5DC}",
        "\u{30A2}\u{30FB}\u{30A4}", "x\u{30FB}\u{3042}", "\u{30FB}\u{65E5}", "\u{660}\u{669}x", "x\u{6F0}\u{6F9}",
        "\u{660}12",
    ])
    func whatHasItsPlaceIsTaken(text: String) throws {
        #expect(try OpaqueString.prepare(text) == text)
    }

    @Test(
        arguments: [
            ("a\u{B7}l", "\u{B7}"), ("l\u{B7}", "\u{B7}"), ("\u{B7}l", "\u{B7}"), ("l\u{B7}L", "\u{B7}"),
            // It becomes a middle dot in normal form C.
            ("\u{3B1}\u{387}", "\u{B7}"), ("\u{375}x", "\u{375}"), ("\u{3B1}\u{375}", "\u{375}"),
            ("a\u{5F3}", "\u{5F3}"), ("\u{5F4}\u{5D0}", "\u{5F4}"), ("a\u{30FB}b", "\u{30FB}"),
            ("\u{30FB}", "\u{30FB}"),
            ("\u{660}\u{6F0}", "\u{660}"), ("\u{6F9}x\u{661}", "\u{6F9}"),
        ] as [(String, Unicode.Scalar)])
    func whatIsMisplacedIsRefused(text: String, scalar: Unicode.Scalar) {
        #expect(throws: OpaqueStringFailure.disallowed(scalar)) { try OpaqueString.prepare(text) }
    }

    @Test func nothingIsRefusedToo() {
        #expect(throws: OpaqueStringFailure.empty) { try OpaqueString.prepare("") }
    }

    @Test func theReasonNamesTheCharacterAndNotTheText() {
        let text = OpaqueStringFailure.disallowed("\u{7}").text
        #expect(text.contains("U+0007"))
    }
}

struct LongTermKeyTests {
    /// RFC 8489 9.2.2: MD5("user:realm:pass"), and SHA-256 of the same.
    @Test func theKeyIsADigestOfUserRealmAndPassword() throws {
        let key = try LongTermKey(username: "user", realm: "realm", password: "pass")
        #expect(hexadecimal(key.md5.span) == "8493fbc53ba582fb4c044c456bdc40eb")
        #expect(hexadecimal(key.sha256.span) == "07e934117abd40836e7c6329b54731b2b2d2a5f9a71f544922d75e0730d8251b")
    }

    @Test func textsThatLookTheSameMakeTheSameKey() throws {
        let one = try LongTermKey(username: "Zoe\u{308}", realm: "r", password: "caf\u{E9}\u{A0}1")
        let other = try LongTermKey(username: "Zo\u{EB}", realm: "r", password: "cafe\u{301} 1")
        #expect(one == other)
    }

    @Test func userhashIsTheDigestOfUserAndRealm() {
        let hash = Userhash(username: "user", realm: "example.org")
        #expect(
            hexadecimal(hash.bytes.span) == "cf9fa894dfc9b7680968aec1efb3a6b8b2a1cac25c0461cab3b0c2f87c25eeaf")
        #expect(Userhash(hash.bytes.span) == hash)
        #expect(Userhash([UInt8](repeating: 0, count: 31).span) == nil)
    }

    /// Secrets must not get into logs by way of a description or a mirror.
    @Test func keysAndSecretsDoNotPrint() throws {
        let secret = SharedSecret(text: "planted", label: "conf/secret")
        let key = try LongTermKey(username: "user", realm: "realm", password: "planted")
        let record = try UserRecord(name: "user", realm: "realm", password: "planted")
        let directory = try CredentialDirectory(realm: "realm", users: [record], secrets: [secret])
        var dumped = ""
        dump(secret, to: &dumped)
        dump(key, to: &dumped)
        dump(directory, to: &dumped)
        dumped += "\(secret) \(key) \(record) \(directory) \(String(reflecting: secret)) \(String(reflecting: key))"
        for planted in ["planted", hexadecimal(key.md5.span), "112, 108, 97"] { #expect(!dumped.contains(planted)) }
        #expect(dumped.contains("conf/secret"))
    }
}

struct UserRecordTests {
    @Test(arguments: ["alice", "Zoë", "two words", "md5: sha256: realm:", "a:b:c", "\"quoted\" \\", "#alice"])
    func aLineComesBack(name: String) throws {
        let record = try UserRecord(name: name, realm: "example test", password: "secret")
        #expect(UserRecord(line: record.line) == record)
        #expect(!record.line.contains("secret"))
    }

    @Test func theLineIsWhatTheDocumentationShows() throws {
        let record = try UserRecord(name: "user", realm: "realm", password: "pass")
        #expect(
            record.line == "user md5:8493fbc53ba582fb4c044c456bdc40eb "
                + "sha256:07e934117abd40836e7c6329b54731b2b2d2a5f9a71f544922d75e0730d8251b realm:realm")
    }

    @Test func anyOtherLineIsNone() throws {
        let line = try UserRecord(name: "user", realm: "realm", password: "pass").line
        for count in 0..<line.count - 5 where count != line.count - 5 {
            #expect(UserRecord(line: String(line.prefix(count))) == nil)
        }
        for other in [
            "", " ", "alice", "alice:secret", line.replacing("md5:8", with: "md5:g"),
        ] { #expect(UserRecord(line: String(other)) == nil, "\(other)") }
    }
}

/// The scheme of coturn's --use-auth-secret.
struct TimeLimitedCredentialTests {
    /// Computed with Python: base64.b64encode(hmac.new(b"north", name, "sha1").digest()).
    @Test(arguments: [
        (1_700_000_000 as Int64, nil, "CWyHi3zCeWqXBir9thl4m+iZPRY="),
        (1_700_000_000, "alice", "Cd/49soE35ICqcJF/bCTn8Z4OyE="),
        (1_700_000_000, "room42", "6jEOOKLXV28ddpPg1Hvx2NSsH3k="),
        (1_893_456_000, "Zoë", "2dcRdBor94Yc4MfypbHeXK/te4o="),
    ])
    func passwordsAreThoseOfCoturn(expiry: Int64, id: String?, password: String) {
        let secret = SharedSecret(text: "north", label: "1")
        let issued = TimeLimitedCredential.issue(secret: secret, id: id, expiresAtUnixSeconds: expiry)
        #expect(issued.username == "\(expiry)" + (id.map { ":" + $0 } ?? ""))
        #expect(issued.password == password)
        let name = TimeLimitedCredential.parse(username: issued.username)
        #expect(name?.expiresAtUnixSeconds == expiry)
        #expect(name?.id == id)
    }

    @Test func theSeparatorCanBeAnother() {
        let secret = SharedSecret(text: "north", label: "1")
        let issued = TimeLimitedCredential.issue(
            secret: secret, id: "a:b", expiresAtUnixSeconds: 5, separator: UInt8(ascii: "|"))
        #expect(issued.username == "5|a:b")
        #expect(TimeLimitedCredential.parse(username: "5|a:b", separator: UInt8(ascii: "|"))?.id == "a:b")
        #expect(TimeLimitedCredential.parse(username: "5:a", separator: UInt8(ascii: "|")) == nil)
        #expect(TimeLimitedCredential.parse(username: "5|a") == nil)
    }

    @Test(arguments: [
        "", ":", ":5", "alice", "alice:5", "-5:a", "+5", "5 :a", " 5", "5.0", "0x5", "1234567890123456789", "٥:a",
        "5a:b",
        "99999999999999999999999999999999:x",
    ])
    func otherNamesAreNoTimeLimitedOnes(username: String) {
        #expect(TimeLimitedCredential.parse(username: username) == nil)
    }

    @Test func idsMayBeAnything() {
        #expect(TimeLimitedCredential.parse(username: "5:")?.id == "")
        #expect(TimeLimitedCredential.parse(username: "5::x")?.id == ":x")
        #expect(TimeLimitedCredential.parse(username: "5:\u{301}")?.id == "\u{301}")
        #expect(TimeLimitedCredential.parse(username: "5:%s%n\0\n")?.id == "%s%n\0\n")
        #expect(
            TimeLimitedCredential.parse(username: "999999999999999999")?.expiresAtUnixSeconds == 999_999_999_999_999_999
        )
    }
}

struct RevocationListTests {
    @Test func aFullListTakesANameOnlyForOneThatCanBeForgotten() {
        var list = RevocationList()
        let last = RevocationList.namesMax - 1
        for number in 0...last {
            let fits = list.revoke("\(number)", forgetAfterUnixSeconds: number == 7 ? 100 : .max, unixSeconds: 100)
            #expect(fits)
        }
        let refused = list.revoke("alice", forgetAfterUnixSeconds: .max, unixSeconds: 100)
        let again = list.revoke("\(last)", forgetAfterUnixSeconds: .max, unixSeconds: 100)
        #expect(!refused && again)
        #expect(!list.contains(username: "alice", id: nil) && list.count == RevocationList.namesMax)
        let taken = list.revoke("alice", forgetAfterUnixSeconds: .max, unixSeconds: 101)
        #expect(taken && list.contains(username: "alice", id: nil) && !list.contains(username: "7", id: nil))
    }

    @Test func namesAndIDsAreFoundUntilTheyCanBeForgotten() {
        var list = RevocationList()
        list.revoke("alice")
        list.revoke("room42", forgetAfterUnixSeconds: 100)
        list.revoke("room42", forgetAfterUnixSeconds: 50)
        #expect(list.contains(username: "alice", id: nil))
        #expect(list.contains(username: "99:room42", id: "room42"))
        #expect(!list.contains(username: "99:room4", id: "room4"))
        #expect(!list.contains(username: "bob", id: nil))
        list.prune(unixSeconds: 100)
        #expect(list.count == 2)
        list.prune(unixSeconds: 101)
        #expect(list.entries.map(\.name) == ["alice"])
        list.revoke("alice", forgetAfterUnixSeconds: 200)
        list.prune(unixSeconds: 500)
        #expect(list.count == 1, "what is kept for ever stays so")
        let (first, second) = (list.restore("alice"), list.restore("alice"))
        #expect(first && !second)
        #expect(!list.contains(username: "alice", id: nil))
    }
}

struct CredentialDirectoryTests {
    @Test func aUserOfAnotherRealmStopsTheStart() throws {
        let user = try UserRecord(name: "alice", realm: "old.test", password: "secret")
        #expect(throws: CredentialDirectoryFailure.otherRealm(user: "alice", realm: "old.test")) {
            try CredentialDirectory(realm: "new.test", users: [user])
        }
    }

    @Test func aUserWhoIsListedTwiceStopsTheStart() throws {
        let user = try UserRecord(name: "alice", realm: "r", password: "1")
        let other = try UserRecord(name: "alice", realm: "r", password: "2")
        #expect(throws: CredentialDirectoryFailure.duplicate(user: "alice")) {
            try CredentialDirectory(realm: "r", users: [user, other])
        }
    }

    @Test func aRealmThatCannotBeOneStopsTheStart() {
        #expect(throws: CredentialDirectoryFailure.realm(.empty)) { try CredentialDirectory(realm: "") }
        #expect(throws: CredentialDirectoryFailure.realm(.disallowed("\n"))) { try CredentialDirectory(realm: "a\n") }
        #expect(throws: CredentialDirectoryFailure.realmTooLong) {
            try CredentialDirectory(realm: String(repeating: "r", count: 128))
        }
    }
}
