import Companion
import Store
import Testing
import Vault

@Suite("Environment")
struct EnvironmentTests {
    @Test("an id is 26 characters of lower-case base32 and differs from the last")
    func identifiers() {
        let surroundings = TestSurroundings().surroundings
        let ids = (0..<100).map { _ in Identifier.make(surroundings) }
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.wholeMatch(of: /[a-z2-7]{26}/) != nil })
    }

    @Test("base32 is that of RFC 4648 10, in lower case and without padding")
    func base32() {
        let vectors = ["": "", "f": "my", "fo": "mzxq", "foo": "mzxw6", "foob": "mzxw6yq", "foobar": "mzxw6ytboi"]
        for (plain, text) in vectors { #expect(Identifier.text(Array(plain.utf8)) == text) }
    }

    @Test("a new database learns its master key and refuses every other")
    func masterKey() async throws {
        let companion = try TestCompanion()
        let store = companion.store
        try await CompanionCore.checkKey(of: companion.core.vault, on: store)
        try await CompanionCore.checkKey(of: companion.core.vault, on: store)
        await #expect(throws: VaultFailure.wrongKey) {
            try await CompanionCore.checkKey(of: Vault(masterKey: [UInt8](repeating: 8, count: 32)), on: store)
        }
    }
}
