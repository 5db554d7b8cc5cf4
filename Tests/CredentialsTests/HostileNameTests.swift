import Credentials
import Integrity
import STUN
import TestSupport
import Testing

/// Section 6 of the attack table: log and metric injection (GHSA-4g7c).
struct HostileNameTests {
    static let names: [[UInt8]] = [
        Array("%s%n%x%p".utf8), Array("a\0b".utf8), Array("a\nroot: b".utf8), Array("\"'`$(reboot)".utf8),
        [UInt8](repeating: 0x41, count: 508), [0xC3, 0x28], [0xFF, 0xFE, 0xFD], [], Array("\u{1B}]0;x\u{7}".utf8),
        Array("../../etc/passwd".utf8), Array("' OR 1=1 --".utf8), Array("\u{202E}ecila".utf8),
        Array("99999999999999999999:x".utf8), Array("-1:x".utf8),
    ]

    @Test(arguments: names)
    func namesAreDataAndNothingElse(name: [UInt8]) throws {
        var exchange = try Exchange()
        let challenge = try exchange.challenge()
        var request = Request(challenge)
        request.username = name
        let bytes = request.bytes
        let found = refusal(try exchange.check(bytes))
        #expect(found?.code == 401)
        let text = found!.reason.text + LogText.escape(bytes.span.bytes.extracting(try parse(bytes).username!.range))
        #expect(!text.utf8.contains { $0 < 0x20 || $0 == 0x7F })
        #expect(!text.contains("\""))
        request.realm = String(decoding: name, as: UTF8.self)
        request.username = Array("alice".utf8)
        let reason = refusal(try exchange.check(request.bytes))?.reason.text
        #expect(reason?.utf8.contains { $0 < 0x20 || $0 == 0x7F } != true)
    }

    @Test func aUserMayHaveAnyNameThatCanBePrepared() throws {
        for name in HostileNameTests.names.map({ String(decoding: $0, as: UTF8.self) }) {
            guard let prepared = try? OpaqueString.prepare(name) else { continue }
            var exchange = try Exchange(users: [(name, "secret")])
            let request = Request(try exchange.challenge(), prepared, "secret")
            #expect(identity(try exchange.check(request.bytes))?.username == prepared)
        }
    }

    @Test func randomRequestsAreNeverAuthenticatedAndNeverTrap() throws {
        let seed = Seeded.freshSeed()
        var random = Seeded(seed)
        var exchange = try Exchange()
        let challenge = try exchange.challenge()
        for _ in 0..<2_000 {
            var request = Request(challenge)
            request.useSHA256(challenge)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: request.username = random.bytes(Int.random(in: 0...40, using: &random))
            case 1: request.nonce = random.bytes(Int.random(in: 0...40, using: &random))
            case 2: request.algorithms = random.bytes(Int.random(in: 0...12, using: &random))
            case 3: request.algorithm = random.bytes(Int.random(in: 0...8, using: &random))
            case 4: request.userhash = random.bytes(32); request.username = nil
            default: request.key = LongTermKey(preparedUsername: "alice", realm: "r", password: "\(random.next())")
            }
            let verdict = try exchange.check(request.bytes)
            #expect(identity(verdict) == nil, "seed \(seed)")
        }
    }
}
