import STUN
import Testing

@testable import TURNClient

/// The long-term credential mechanism as a client sees it [RFC 8489 9.2].
@Suite struct AuthenticationTests {
    let relay = ScriptedRelay()
    /// SHA-256, then MD5, both without parameters.
    static let bothAlgorithms: [UInt8] = [0, 2, 0, 0, 0, 1, 0, 0]
    /// Cookie, bits 0 (password algorithms) set.
    static let algorithmsNonce = "obMatJos2gAAAnonce"
    /// Cookie, bits 0 and 1 (username anonymity) set.
    static let anonymityNonce = "obMatJos2wAAAnonce"

    private func challenged(
        _ client: inout RelayClient, nonce: String = "plainnonce", algorithms: [UInt8]? = nil
    ) throws -> [UInt8] {
        client.start(.allocate(AllocateOptions()), now: 0)
        let bare = try #require(client.drain().first)
        #expect(try attribute(.username, in: bare) == nil)
        #expect(client.take(relay.challenge(to: bare, nonce: nonce, algorithms: algorithms)) == nil)
        let proven = try #require(client.drain().first)
        #expect(proven[8..<20] != bare[8..<20])
        return proven
    }

    @Test func challengeIsMetWithMD5AndSHA1WithoutAnOffer() throws {
        var client = relay.client()
        let request = try challenged(&client)
        #expect(try attribute(.username, in: request) == Array("alice".utf8))
        #expect(try attribute(.realm, in: request) == Array("example.test".utf8))
        #expect(try attribute(.nonce, in: request) == Array("plainnonce".utf8))
        #expect(try attribute(.messageIntegrity, in: request)?.count == 20)
        #expect(try attribute(.messageIntegritySHA256, in: request) == nil)
        #expect(try attribute(.passwordAlgorithm, in: request) == nil)
        let event = client.take(try relay.allocated(request, seal: .sha1(password: "secret")))
        guard case .allocated(let allocation) = event else {
            Issue.record("\(String(describing: event))")
            return
        }
        #expect(allocation.relayed == [try address("192.0.2.1:50000")])
        #expect(allocation.mapped == (try address("198.51.100.7:40000")))
        #expect(allocation.lifetimeSeconds == 600)
    }

    @Test func offerIsMetWithSHA256AndSentBack() throws {
        var client = relay.client()
        let request = try challenged(
            &client, nonce: Self.algorithmsNonce, algorithms: Self.bothAlgorithms)
        #expect(try attribute(.passwordAlgorithms, in: request) == Self.bothAlgorithms)
        #expect(try attribute(.passwordAlgorithm, in: request) == [0, 2, 0, 0])
        #expect(try attribute(.messageIntegritySHA256, in: request)?.count == 32)
        #expect(try attribute(.messageIntegrity, in: request) == nil)
        #expect(try attribute(.username, in: request) == Array("alice".utf8))
        let sealed = try relay.allocated(request, seal: .sha256(password: "secret", count: 32))
        guard case .allocated? = client.take(sealed) else {
            Issue.record("not allocated")
            return
        }
    }

    @Test func usernameIsHashedWhenTheNonceSaysSo() throws {
        var client = relay.client()
        let request = try challenged(&client, nonce: Self.anonymityNonce, algorithms: Self.bothAlgorithms)
        #expect(try attribute(.username, in: request) == nil)
        #expect(try attribute(.userhash, in: request)?.count == 32)
    }

    @Test func truncatedIntegrityIsAsLongAsAskedFor() throws {
        var client = relay.client(integrity: .truncated(16))
        let request = try challenged(&client, nonce: Self.algorithmsNonce, algorithms: Self.bothAlgorithms)
        #expect(try attribute(.messageIntegritySHA256, in: request)?.count == 16)
    }

    @Test func classicClientIgnoresTheOffer() throws {
        var client = relay.client(integrity: .classic)
        let request = try challenged(&client, nonce: Self.anonymityNonce, algorithms: Self.bothAlgorithms)
        #expect(try attribute(.username, in: request) == Array("alice".utf8))
        #expect(try attribute(.messageIntegrity, in: request)?.count == 20)
        #expect(try attribute(.passwordAlgorithms, in: request) == nil)
    }

    /// "If so and the 'nonce cookie' has the STUN Security Feature 'Password algorithms' bit set to 1 but no
    /// PASSWORD-ALGORITHMS attribute is present, then the client MUST NOT retry the request" [RFC 8489 9.2.5].
    @Test(arguments: [ErrorCode.unauthenticated, .staleNonce])
    func missingOfferUnderTheCookieIsABidDownAttack(_ code: ErrorCode) throws {
        var client = relay.client()
        let request = AllocateOptions()
        client.start(.allocate(request), now: 0)
        let bare = try #require(client.drain().first)
        let event = client.take(relay.challenge(code, to: bare, nonce: Self.algorithmsNonce))
        #expect(event == .failed(.allocate(request), .bidDown))
        #expect(client.drain().isEmpty)
    }

    @Test func offerOfUnknownAlgorithmsAloneIsNotRetried() throws {
        var client = relay.client()
        client.start(.allocate(AllocateOptions()), now: 0)
        let bare = try #require(client.drain().first)
        let event = client.take(relay.challenge(to: bare, nonce: Self.algorithmsNonce, algorithms: [0, 9, 0, 0]))
        #expect(event == .failed(.allocate(AllocateOptions()), .noCommonAlgorithm))
    }

    @Test func secondRefusalMeansWrongCredentials() throws {
        var client = relay.client()
        let request = try challenged(&client)
        let event = client.take(relay.challenge(to: request))
        #expect(event == .failed(.allocate(AllocateOptions()), .credentialsRefused(.unauthenticated)))
        #expect(client.drain().isEmpty)
    }

    @Test func staleNonceIsReplacedAndTheRequestSentAgain() throws {
        var client = relay.client()
        let request = try challenged(&client)
        #expect(client.take(relay.challenge(.staleNonce, to: request, nonce: "fresh")) == nil)
        let again = try #require(client.drain().first)
        #expect(try attribute(.nonce, in: again) == Array("fresh".utf8))
        #expect(again[8..<20] != request[8..<20])
    }

    @Test func endlessStaleNoncesEnd() throws {
        var client = relay.client()
        var request = try challenged(&client)
        var last: ClientEvent?
        for _ in 0..<10 {
            last = client.take(relay.challenge(.staleNonce, to: request))
            guard let next = client.drain().first else { break }
            request = next
        }
        #expect(last == .failed(.allocate(AllocateOptions()), .refused(.staleNonce)))
    }

    @Test(arguments: [true, false])
    func answerWithoutTheRightProofIsAsIfItHadNotCome(_ isSealedWithAnotherPassword: Bool) throws {
        var client = relay.client()
        let request = try challenged(&client)
        let forged = try relay.allocated(
            request, seal: isSealedWithAnotherPassword ? .sha1(password: "other") : .none)
        #expect(client.take(forged) == nil)
        #expect(client.allocation == nil)
        #expect(client.ignoredCount == 1)
        // The request goes on being repeated, and the true answer counts.
        #expect(client.tick(now: 500).isEmpty)
        #expect(client.drain() == [request])
        _ = client.take(try relay.allocated(request, seal: .sha1(password: "secret")))
        #expect(client.allocation != nil)
    }

    @Test func weakerProofThanTheRequestsIsRefused() throws {
        var client = relay.client()
        let request = try challenged(&client, nonce: Self.algorithmsNonce, algorithms: Self.bothAlgorithms)
        #expect(client.take(try relay.allocated(request, seal: .sha1(password: "secret"))) == nil)
        #expect(client.allocation == nil)
    }

    @Test func refusalWithoutProofIsNotBelieved() throws {
        var client = relay.client()
        let request = try challenged(&client)
        let forged = relay.answer(request, .error) { $0.append(error: .forbidden, into: &$1) }
        #expect(client.take(forged) == nil)
        let proven = relay.answer(request, .error, seal: .sha1(password: "secret")) {
            $0.append(error: .allocationQuotaReached, into: &$1)
        }
        #expect(client.take(proven) == .failed(.allocate(AllocateOptions()), .refused(.allocationQuotaReached)))
    }
}
