import Testing

@testable import MediaPath

@Suite("SRTP")
struct SRTPTests {
    /// The packets of libsrtp's own test driver: keys, an RTP packet, and what becomes of it.
    static let cases: [(SRTPProfile, key: String, packet: String)] = [
        (
            .aesCM, "e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6",
            "4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb"
        ),
        (
            .aesGCM, "000102030405060708090a0b0c0d0e0fa0a1a2a3a4a5a6a7a8a9aaab",
            "c5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392"
        ),
    ]
    private static let plain = bytes("800f1234decafbadcafebabe") + [UInt8](repeating: 0xAB, count: 16)

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16)! }
    }

    private static func opened(_ context: borrowing SRTPContext, _ packet: [UInt8]) -> SRTPContext.Failure? {
        do throws(SRTPContext.Failure) {
            _ = try context.open(packet)
            return nil
        } catch {
            return error
        }
    }

    @Test("the library is there with both profiles", arguments: SRTPProfile.allCases)
    func library(profile: SRTPProfile) throws {
        #expect(try SRTPLibrary.open(for: profile).hasPrefix("libsrtp2 2."))
    }

    private struct NotMade: Error {}

    private static func context(
        _ profile: SRTPProfile, _ key: [UInt8], _ direction: SRTPContext.Direction
    ) throws -> SRTPContext {
        guard let context = SRTPContext(profile, masterKey: key, direction: direction) else { throw NotMade() }
        return context
    }

    @Test("protected packets are those of the test vectors, and open again", arguments: cases)
    func vectors(profile: SRTPProfile, key: String, packet: String) throws {
        let key = Self.bytes(key)
        let outbound = try Self.context(profile, key, .outbound)
        let inbound = try Self.context(profile, key, .inbound)
        let made = outbound.protect(Self.plain)
        let protected = try #require(made)
        #expect(protected == Self.plain[..<12] + Self.bytes(packet))
        #expect(protected.count == Self.plain.count + profile.tagByteCount)
        let opened = try inbound.open(protected)
        #expect(opened == Self.plain)
    }

    @Test("an altered packet, a repeated one, a cut one and one of other keys are told apart", arguments: cases)
    func rejections(profile: SRTPProfile, key: String, packet: String) throws {
        var key = Self.bytes(key)
        let outbound = try Self.context(profile, key, .outbound)
        let inbound = try Self.context(profile, key, .inbound)
        let made = outbound.protect(Self.plain)
        let protected = try #require(made)
        for place in [1, 3, 5, 13, protected.count - 1] {
            var altered = protected
            altered[place] ^= 1
            let outcome1 = Self.opened(inbound, altered)
            #expect(outcome1 == .authentication, "byte \(place)")
        }
        let outcome2 = Self.opened(inbound, protected)
        #expect(outcome2 == nil)
        let outcome3 = Self.opened(inbound, protected)
        #expect(outcome3 == .replay)
        let outcome4 = Self.opened(inbound, Array(protected[..<14]))
        #expect(outcome4 != nil)
        key[0] ^= 1
        let other = try Self.context(profile, key, .inbound)
        let outcome5 = Self.opened(other, protected)
        #expect(outcome5 == .authentication)
    }

    @Test("what DTLS exports is cut as RFC 5764 4.2 says", arguments: SRTPProfile.allCases)
    func keys(profile: SRTPProfile) throws {
        let salt = profile.saltByteCount
        let exported =
            [UInt8](repeating: 1, count: 16) + [UInt8](repeating: 2, count: 16) + [UInt8](repeating: 3, count: salt)
            + [UInt8](repeating: 4, count: salt)
        let keys = try #require(SRTPKeys(exported: exported, profile))
        #expect(keys.client == [UInt8](repeating: 1, count: 16) + [UInt8](repeating: 3, count: salt))
        #expect(keys.server == [UInt8](repeating: 2, count: 16) + [UInt8](repeating: 4, count: salt))
        #expect(SRTPKeys(exported: Array(exported.dropLast()), profile) == nil)
    }
}
