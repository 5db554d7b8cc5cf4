import Credentials
import Integrity
import STUN
import Testing

struct TimeLimitedAuthenticationTests {
    @Test func everyLiveSecretIsTried() throws {
        var exchange = try Exchange(secrets: ["north", "south", "east"])
        let challenge = try exchange.challenge()
        for (number, secret) in exchange.directory.secrets.enumerated() {
            let issued = TimeLimitedCredential.issue(secret: secret, id: "room42", expiresAtUnixSeconds: now + 60)
            let who = identity(try exchange.check(Request(challenge, issued.username, issued.password).bytes))
            #expect(who?.secretLabel == "secret \(number)")
            #expect(who?.id == "room42")
            #expect(who?.expiresAtUnixSeconds == now + 60)
        }
        let forged = TimeLimitedCredential.issue(
            secret: SharedSecret(text: "west", label: ""), id: "room42", expiresAtUnixSeconds: now + 60)
        #expect(
            refusal(try exchange.check(Request(challenge, forged.username, forged.password).bytes))!
                == (401, .wrongPassword))
    }

    @Test func aNewCredentialForTheSameIDIsTheSameUser() throws {
        var exchange = try Exchange(users: [("alice", "secret"), ("room42", "secret")])
        let challenge = try exchange.challenge()
        func userID(_ id: String?, _ expiry: Int64, _ exchange: inout Exchange) throws -> UInt64? {
            let issued = TimeLimitedCredential.issue(
                secret: exchange.directory.secrets[1], id: id, expiresAtUnixSeconds: expiry)
            return identity(try exchange.check(Request(challenge, issued.username, issued.password).bytes))?.userID
        }
        let first = try userID("room42", now + 60, &exchange)
        #expect(first != nil)
        #expect(try userID("room42", now + 90, &exchange) == first)
        #expect(try userID("room43", now + 60, &exchange) != first)
        #expect(try userID(nil, now + 60, &exchange) != userID(nil, now + 61, &exchange))
        // The user with a password and the same name is somebody else.
        let user = identity(try exchange.check(Request(challenge, "room42", "secret").bytes))
        #expect(user != nil && user?.userID != first)
    }

    @Test func anExpiredCredentialIsUnauthenticatedUnlessThereIsGrace() throws {
        var exchange = try Exchange()
        let issued = TimeLimitedCredential.issue(
            secret: exchange.directory.secrets[0], id: nil, expiresAtUnixSeconds: now)
        let bytes = Request(try exchange.challenge(), issued.username, issued.password).bytes
        #expect(identity(try exchange.check(bytes)) != nil)
        #expect(refusal(try exchange.check(bytes, at: now + 12))! == (401, .expired(secondsAgo: 12)))
        #expect(identity(try exchange.check(bytes, at: now + 12, grace: 12)) != nil)
        #expect(refusal(try exchange.check(bytes, at: now + 13, grace: 12))?.code == 401)
        #expect(identity(try exchange.check(bytes, at: now + 500, grace: .max)) != nil)
    }

    @Test func theSeparatorOfTheDirectoryCounts() throws {
        var exchange = try Exchange(separator: UInt8(ascii: "|"))
        let challenge = try exchange.challenge()
        for (separator, isKnown) in [(UInt8(ascii: "|"), true), (UInt8(ascii: ":"), false)] {
            let issued = TimeLimitedCredential.issue(
                secret: exchange.directory.secrets[0], id: "a", expiresAtUnixSeconds: now + 1, separator: separator)
            let verdict = try exchange.check(Request(challenge, issued.username, issued.password).bytes)
            #expect((identity(verdict) != nil) == isKnown)
        }
    }

    @Test func revokedUsersAndIDsAreUnauthenticated() throws {
        var exchange = try Exchange()
        let challenge = try exchange.challenge()
        let issued = TimeLimitedCredential.issue(
            secret: exchange.directory.secrets[0], id: "room42", expiresAtUnixSeconds: now + 60)
        exchange.directory.revocations.revoke("alice")
        exchange.directory.revocations.revoke("room42")
        #expect(refusal(try exchange.check(Request(challenge).bytes))! == (401, .revoked))
        #expect(
            refusal(try exchange.check(Request(challenge, issued.username, issued.password).bytes))! == (401, .revoked))
        // Who does not know the password does not learn that the name is revoked.
        #expect(refusal(try exchange.check(Request(challenge, "alice", "x").bytes))! == (401, .wrongPassword))
    }

    @Test func aUserWithANameOfTheTimeLimitedFormIsStillAUser() throws {
        var exchange = try Exchange(users: [("12:x", "secret")])
        let who = identity(try exchange.check(Request(try exchange.challenge(), "12:x", "secret").bytes))
        #expect(who?.expiresAtUnixSeconds == nil)
        #expect(who?.username == "12:x")
    }
}
