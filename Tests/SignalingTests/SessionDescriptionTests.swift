import Signaling
import Testing

@Suite("Session descriptions")
struct SessionDescriptionTests {
    @Test("an offer of a browser passes, and its fingerprint is found once")
    func browserOffer() throws {
        let description = try SessionDescription(checking: SampleDescription().text)
        #expect(description.fingerprints.map(\.description) == ["sha-256 " + SampleDescription.hash(1)])
    }

    @Test("line ends of either kind, and none behind the last line")
    func lineEnds() throws {
        let text = SampleDescription().text
        let bare = text.split(separator: "\r\n").joined(separator: "\n")
        #expect(try SessionDescription(checking: bare).fingerprints.count == 1)
    }

    @Test("what the session says holds for every medium")
    func sessionLevel() throws {
        var sample = SampleDescription()
        sample.session = ["a=fingerprint:SHA-256 " + SampleDescription.hash(2).lowercased(), "a=setup:actpass"]
        sample.media[0].removeAll { $0.hasPrefix("a=fingerprint") || $0.hasPrefix("a=setup") }
        sample.media[1].removeAll { $0.hasPrefix("a=fingerprint") || $0.hasPrefix("a=setup") }
        let found = try SessionDescription(checking: sample.text).fingerprints
        // Two spellings of a fingerprint are one fingerprint.
        #expect(found.map(\.description) == ["sha-256 " + SampleDescription.hash(2)])
    }

    @Test("a bundled medium leaves its transport to the first of the bundle")
    func bundle() throws {
        var sample = SampleDescription()
        sample.media[1].removeAll { $0.hasPrefix("a=ice") || $0.hasPrefix("a=fingerprint") || $0.hasPrefix("a=setup") }
        #expect(throws: DescriptionProblem.noFingerprint) { try SessionDescription(checking: sample.text) }
        sample.session.append("a=group:BUNDLE 0 1")
        _ = try SessionDescription(checking: sample.text)
        sample.session[0] = "a=group:BUNDLE 1 0"
        #expect(throws: DescriptionProblem.noFingerprint) { try SessionDescription(checking: sample.text) }
    }

    @Test("a rejected medium may be silent, a bundle-only one may not")
    func rejected() throws {
        var sample = SampleDescription()
        sample.media[1] = ["m=video 0 UDP/TLS/RTP/SAVPF 96", "a=mid:1", "a=inactive"]
        _ = try SessionDescription(checking: sample.text)
        sample.media[1].append("a=bundle-only")
        #expect(throws: DescriptionProblem.noFingerprint) { try SessionDescription(checking: sample.text) }
    }

    @Test("the data channel's transport passes")
    func dataChannel() throws {
        var sample = SampleDescription()
        sample.media[0][0] = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel"
        sample.media[1][0] = "m=video 9 TCP/DTLS/RTP/SAVPF 96"
        _ = try SessionDescription(checking: sample.text)
    }

    @Test(
        "a description of an unencrypted or weakly encrypted call is refused",
        arguments: [
            ("m=audio", "m=audio 9 RTP/AVP 111", DescriptionProblem.insecureProfile),
            ("m=audio", "m=audio 9 RTP/SAVPF 111", .insecureProfile),
            ("m=audio", "m=audio 0 RTP/AVP 111", .insecureProfile),
            ("m=audio", "m=audio 9 udp/tls/rtp/savpf 111", .insecureProfile),
            ("m=audio", "m=audio 9", .malformed),
            ("m=audio", "m=audio 99999 UDP/TLS/RTP/SAVPF 111", .malformed),
            ("a=rtcp-mux", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwg", .keysInDescription),
            ("a=rtcp-mux", "a=CRYPTO:1 AES_CM_128_HMAC_SHA1_80 inline:WVNf", .keysInDescription),
            ("a=rtcp-mux", "a=key-mgmt:mikey AQAFgM0XflABAAAA", .keysInDescription),
            ("a=rtcp-mux", "k=clear:secret", .keysInDescription),
            ("a=fingerprint", "a=x:1", .noFingerprint),
            ("a=fingerprint", "a=fingerprint:sha-1 " + SampleDescription.hash(1, bytes: 20), .weakFingerprint),
            ("a=rtcp-mux", "a=fingerprint:sha-1 " + SampleDescription.hash(1, bytes: 20), .weakFingerprint),
            ("a=rtcp-mux", "a=fingerprint:md5 " + SampleDescription.hash(1, bytes: 16), .weakFingerprint),
            ("a=fingerprint", "a=fingerprint:sha-256 " + SampleDescription.hash(1, bytes: 31), .malformed),
            ("a=fingerprint", "a=fingerprint:sha-256  " + SampleDescription.hash(1), .malformed),
            ("a=fingerprint", "a=fingerprint:sha-256", .malformed),
            ("a=setup", "a=x:1", .noRole),
            ("a=setup", "a=setup:whatever", .malformed),
            ("a=ice-ufrag", "a=x:1", .noIceCredentials),
            ("a=ice-ufrag", "a=ice-ufrag:abc", .noIceCredentials),
            ("a=ice-pwd", "a=ice-pwd:short", .noIceCredentials),
            ("a=ice-pwd", "a=x:1", .noIceCredentials),
            ("a=rtcp-mux", "a=crypto:\u{301}1 AES_CM_128_HMAC_SHA1_80 inline:WVNf", .malformed),
            ("a=rtcp-mux", "a=x\u{0}y", .malformed),
            ("a=rtcp-mux", "a=rtcp-mux\ra=crypto:1", .malformed),
            ("a=rtcp-mux", "nonsense", .malformed),
        ])
    func refused(_ prefix: String, _ line: String, _ problem: DescriptionProblem) {
        var sample = SampleDescription()
        for index in sample.media[0].indices where sample.media[0][index].hasPrefix(prefix) {
            sample.media[0][index] = line
        }
        #expect(throws: problem) { try SessionDescription(checking: sample.text) }
    }

    @Test("what is too large, or no description at all, is refused")
    func bounds() {
        var sample = SampleDescription()
        sample.media[0] += Array(repeating: "a=x:" + String(repeating: "y", count: 100), count: 600)
        #expect(throws: DescriptionProblem.tooLarge) { try SessionDescription(checking: sample.text) }
        sample.media[0] = SampleDescription().media[0] + ["a=x:" + String(repeating: "y", count: 5_000)]
        #expect(throws: DescriptionProblem.tooLarge) { try SessionDescription(checking: sample.text) }
        sample.media[0] = SampleDescription().media[0] + Array(repeating: "a=x", count: 5_000)
        #expect(throws: DescriptionProblem.tooLarge) { try SessionDescription(checking: sample.text) }
        sample.media[0] =
            SampleDescription().media[0] + (2..<20).map { "a=fingerprint:sha-256 " + SampleDescription.hash($0) }
        #expect(throws: DescriptionProblem.tooLarge) { try SessionDescription(checking: sample.text) }
        for text in ["", "\r\n", "hello", "v=1\r\n", "v=0\r\n", " v=0\r\n"] {
            #expect(throws: DescriptionProblem.malformed) { try SessionDescription(checking: text) }
        }
    }

    @Test("every truncation and every changed byte is dealt with")
    func mutations() {
        let bytes = Array(SampleDescription().text.utf8)
        var random = SplitMix(seed: 7)
        for _ in 0..<2_000 {
            var changed = bytes
            for _ in 0...Int(random.next() % 4) {
                changed[Int(random.next() % UInt64(changed.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            changed.removeLast(Int(random.next() % UInt64(changed.count)))
            if let found = try? SessionDescription(checking: String(decoding: changed, as: UTF8.self)) {
                #expect(!found.fingerprints.isEmpty)
            }
        }
    }
}
