import Credentials
import Integrity
import STUN
import TestSupport
import Testing

/// A known user and an unknown one take the same time and get the same bytes.
struct EnumerationTests {
    private func work(
        _ exchange: inout Exchange, _ username: String, _ change: (inout Request) -> Void = { _ in }
    ) throws -> UInt64 {
        var request = Request(try exchange.challenge(), username, "not the password")
        change(&request)
        let before = exchange.authenticator.mac.computations
        let verdict = try exchange.check(request.bytes)
        #expect(refusal(verdict)?.code == 401)
        return exchange.authenticator.mac.computations - before
    }

    @Test func theSameNumberOfCodesIsComputedForKnownAndUnknownUsers() throws {
        var exchange = try Exchange(
            users: [("alice", "secret"), ("1800000000:bob", "secret")], secrets: ["north", "south"])
        // One for the nonce, one for the message.
        #expect(try work(&exchange, "alice") == 2)
        #expect(try work(&exchange, "mallory") == 2)
        // And one for the password and one for the message for each secret.
        #expect(try work(&exchange, "1800000000:bob") == 6)
        #expect(try work(&exchange, "1800000000:eve") == 6)
        #expect(try work(&exchange, "1600000000:eve") == 6)
        func hash(_ name: String) -> (inout Request) -> Void {
            { request in
                request.username = nil
                request.userhash = Array(copying: Userhash(username: name, realm: "example.test").bytes.span)
            }
        }
        #expect(try work(&exchange, "", hash("alice")) == 2)
        #expect(try work(&exchange, "", hash("1800000000:bob")) == 2)
        #expect(try work(&exchange, "", hash("mallory")) == 2)
    }

    @Test func theAnswersAreTheSameBytes() throws {
        var exchange = try Exchange()
        exchange.directory.revocations.revoke("bob")
        let challenge = try exchange.challenge()
        var answers: Set<[UInt8]> = []
        for (name, password) in [("alice", "wrong"), ("mallory", "wrong"), ("\(now + 5):x", "wrong"), ("5:x", "wrong")]
        {
            let bytes = Request(challenge, name, password).bytes
            let code = ErrorCode(rawValue: refusal(try exchange.check(bytes))!.code)
            answers.insert(exchange.answer(code, try parse(bytes)))
        }
        #expect(answers.count == 1)
    }
}
