import Foundation
import MediaPath
import Testing

@testable import Load

/// The judge sees findings as the workers make them; each test plants one.
@Suite("The proof")
struct ProofTests {
    /// Three sessions whose media went well.
    private func outcomes() -> [MediaOutcome] {
        (1...3).map { number in
            var outcome = MediaOutcome(number: number)
            outcome.verifiedEnds = 2
            outcome.streams = (0..<2).map { index in
                var stream = MediaStream(source: UInt32(2 * number + index), firstSequence: 0, clockRate: 8_000)
                (stream.sent, stream.received) = (10, 10)
                return stream
            }
            outcome.openArrivals = 2
            outcome.wire = NeedleCounts(seen: 40, secret: 0, open: 4)
            return outcome
        }
    }

    private func judge(
        memory: ProofJudge.Look = .notAsked, capture: ProofJudge.Look = .notAsked,
        _ change: (inout [MediaOutcome]) -> Void = { _ in }
    ) -> ProofResult {
        var changed = outcomes()
        change(&changed)
        return ProofJudge(outcomes: changed, memory: memory, capture: capture).result
    }

    private func failed(_ result: ProofResult) -> [String] {
        result.checks.filter { $0.verdict == .failed }.map(\.name)
    }

    private let nothingFound = NeedleCounts(seen: 1 << 24, secret: 0, open: 3)

    @Test("media that nobody touched passes, and what was not asked for is said to be skipped")
    func clean() {
        let result = judge()
        #expect(result.hasPassed && result.failure == nil)
        #expect(result.checks.filter { $0.verdict == .skipped }.map(\.name) == ["memory", "capture"])
        let looked = judge(
            memory: .done(nothingFound, place: "process 7", missed: 0),
            capture: .done(nothingFound, place: "lo", missed: 0))
        #expect(looked.checks.allSatisfy { $0.verdict == .passed })
        #expect(looked.checks.contains { $0.found == "no planted plaintext in 16 MiB of process 7" })
    }

    @Test("altered packets are named with their session and direction")
    func altered() {
        let result = judge { $0[1].streams[1].authenticationFailures = 3 }
        #expect(failed(result) == ["authentication"])
        #expect(
            result.failure
                == "authentication: 3 packets of session 2 (peer to client) failed authentication: altered on the way")
    }

    @Test("repeated packets are named")
    func replayed() {
        let result = judge { $0[0].streams[0].replays = 5 }
        #expect(failed(result) == ["replay"])
        #expect(result.failure?.contains("5 packets of session 1 (client to peer) came again") == true)
    }

    @Test("packets of another session are swapped when refused, and worse when accepted")
    func swapped() {
        let result = judge {
            $0[2].streams[0].authenticationFailures = 4
            $0[2].streams[0].swapped = [1: 4]
        }
        #expect(failed(result) == ["authentication", "sessions"])
        #expect(result.failure?.contains("4 packets of session 1 came to session 3 (client to peer)") == true)
        #expect(result.failure?.contains("altered") == false)
        let accepted = judge { $0[2].streams[0].foreign = 1 }
        #expect(failed(accepted) == ["sessions"] && accepted.failure?.contains("ACCEPTED") == true)
    }

    @Test("another certificate is named, and whose it is")
    func fingerprints() throws {
        let (own, theirs) = (try #require(DTLSIdentity()).fingerprint, try #require(DTLSIdentity()).fingerprint)
        let result = judge {
            $0[0].verifiedEnds = 0
            $0[0].failure = .init(end: .client, reason: .fingerprint(signalled: own, seen: theirs))
            $0[1].fingerprints = [theirs]
        }
        #expect(failed(result) == ["fingerprints"])
        #expect(
            result.failure
                == "fingerprints: session 1: the client got the certificate \(theirs.short) (session 2's) and was "
                + "promised \(own.short): somebody is in the middle")
        #expect(failed(judge { $0[0].verifiedEnds = 1 }) == ["fingerprints"])
    }

    @Test("a proof about nothing is none")
    func nothing() {
        #expect(failed(judge { $0 = [] }) == ["fingerprints", "delivery", "wire", "self-check"])
        let silent = judge { $0[1].streams[0].received = 0 }
        #expect(silent.failure == "delivery: nothing arrived in session 2 (client to peer)")
    }

    @Test("plaintext is found wherever it is, and many sentences are cut")
    func plaintext() {
        let leak = NeedleCounts(seen: 1 << 24, secret: 2, open: 3)
        #expect(failed(judge { $0[0].wire.secret = 1 }) == ["wire"])
        #expect(failed(judge(memory: .done(leak, place: "process 7", missed: 0))) == ["memory"])
        let capture = judge(capture: .done(leak, place: "lo", missed: 9))
        #expect(capture.failure == "capture: planted plaintext in 2 places in lo (9 more were not seen)")
        let many = judge { for index in $0.indices { for way in 0..<2 { $0[index].streams[way].replays = 1 } } }
        #expect(many.failure?.hasSuffix("; and 3 more") == true)
    }

    @Test("a look that misses what was sent in clear proves nothing, and one that was impossible fails")
    func blind() {
        let blind = NeedleCounts(seen: 1 << 24, secret: 0, open: 0)
        #expect(failed(judge(memory: .done(blind, place: "process 7", missed: 0))) == ["self-check"])
        #expect(failed(judge(capture: .done(blind, place: "lo", missed: 0))) == ["self-check"])
        #expect(failed(judge { for index in $0.indices { $0[index].wire.open = 0 } }) == ["self-check"])
        #expect(failed(judge { for index in $0.indices { $0[index].openArrivals = 0 } }) == ["self-check"])
        #expect(failed(judge(memory: .impossible("no"), capture: .impossible("no"))) == ["memory", "capture"])
    }

    // MARK: - Scans

    @Test("a needle is found wherever it lies in a datagram, and only whole")
    func needles() {
        let needles = Needles()
        let around = [UInt8](repeating: 1, count: 20)
        for bytes in [needles.secret.bytes, around + needles.secret.bytes, needles.secret.bytes + around] {
            #expect(needles.secret.isIn(bytes) && !needles.open.isIn(bytes))
        }
        #expect(!needles.secret.isIn(Array(needles.secret.bytes.dropLast())))
        #expect(!needles.secret.isIn([]))
        // Any cut of 31 bytes out of a payload holds it.
        let payload = needles.secretBytes(136)
        for start in 0...(136 - 31) { #expect(needles.secret.isIn(Array(payload[start..<start + 31]))) }
        #expect(payload.withUnsafeBytes { needles.secret.count(in: $0) } == 8)
        #expect(needles.openDatagram[0] > 191 && needles.open.isIn(needles.openDatagram))
        #expect(Needles().secret != needles.secret)
    }

    @Test("of a process's mappings those that it can write are read")
    func mappings() {
        let maps = """
            55d0c0a00000-55d0c0b00000 r-xp 00000000 fe:01 1 /usr/bin/tern
            55d0c0c00000-55d0c0c01000 rw-p 00000000 00:00 0
            7f0000000000-7f0000021000 rw-s 00000000 00:00 0 [heap]
            7fff0000-7ffe0000 rw-p 00000000 00:00 0
            nonsense
            ffffffffff600000-ffffffffff601000 rw-p 00000000 00:00 0 [vsyscall]
            """
        #expect(
            ProcessMemory.writable(maps) == [
                0x55d0_c0c0_0000..<0x55d0_c0c0_1000, 0x7f00_0000_0000..<0x7f00_0002_1000,
            ])
    }

    @Test("what this process holds is found in its memory, across the pieces that are read at once")
    func ownMemory() throws {
        let needles = Needles()
        // Wherever the pieces end, one of these lies across.
        let planted = [UInt8]((0..<(3 << 16)).flatMap { _ in needles.secret.bytes })
        let counts = try ProcessMemory(process: getpid()).look(for: needles)
        #expect(counts.secret >= 3 << 16, "\(counts)")
        #expect(counts.seen > 3 << 20)
        #expect(planted.count == 3 << 20)
        #expect(throws: ProcessMemory.Unreadable(reason: "there is no process 4000001")) {
            try ProcessMemory(process: 4_000_001).look(for: needles)
        }
    }

    /// The list of a process's mappings was read up to its first 4 KiB: some forty of them.
    @Test("every mapping is looked at, however many there are")
    func manyMappings() throws {
        let needles = Needles()
        let pageBytes = 4096
        let count = 200
        let area = try #require(
            mmap(nil, 2 * count * pageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
        defer { munmap(area, 2 * count * pageBytes) }
        for index in 0..<count {
            let page = area + 2 * index * pageBytes
            page.copyMemory(from: needles.secret.bytes, byteCount: needles.secret.bytes.count)
            // Without neighbours that can be written, each is a mapping of its own.
            #expect(mprotect(page + pageBytes, pageBytes, PROT_READ) == 0)
        }
        let counts = try ProcessMemory(process: getpid()).look(for: needles)
        #expect(counts.secret >= count, "\(counts)")
    }

    // MARK: - Figures

    @Test("scores follow loss, and the worst stream is told")
    func voice() {
        var streams = outcomes()
        var result = MediaResult(profile: .aesGCM, library: "test")
        for index in streams.indices {
            for way in 0..<2 {
                var stream = MediaStream(source: 1, firstSequence: 0, clockRate: 8_000)
                for sequence in 0..<UInt16(100) where index > 0 || sequence % 20 != 10 {
                    stream.record.receive(sequence)
                    stream.received += 1
                }
                stream.sent = 100
                streams[index].streams[way] = stream
            }
        }
        result.take(streams, handshakes: LatencyHistogram(), isVoice: true)
        #expect(abs(result.lossPercent - 100 * 10.0 / 600) < 1e-9)
        #expect(result.mouthToEarMilliseconds == 40 && result.voice.count == 2)
        for voice in result.voice {
            #expect(voice.worstMeanOpinionScore < voice.meanOpinionScore && voice.meanOpinionScore < 4.4)
        }
        #expect(result.failure == nil)
        streams[0].streams[0].authenticationFailures = 1
        result.take(streams, handshakes: LatencyHistogram(), isVoice: false)
        #expect(result.failure?.hasPrefix("1 SRTP packets failed authentication") == true)
    }

    @Test("verdicts are on the page, as text")
    func page() {
        var result = judge { $0[0].streams[0].replays = 1 }
        result.checks[0].found = "<script>"
        let plan = LoadPlan(uris: [], credential: .user(name: "u", password: "p"), profile: .voice)
        var load = LoadResult(plan)
        load.proof = result
        load.media = MediaResult(profile: .aesCM, library: "libsrtp2")
        let page = LoadPage.html(load)
        #expect(page.contains("Proof FAILED: replay: 1 packets of session 1") && !page.contains("<script"))
        #expect(page.contains("SRTP_AES128_CM_HMAC_SHA1_80"))
    }
}
