import Testing
import Vault

@Suite("Vault")
struct VaultTests {
    let vault = Vault(masterKey: [UInt8](repeating: 1, count: VaultKeys.keyLength))
    let context = SealContext(table: "people", column: "email_sealed", row: "a")

    @Test("what was sealed for a place opens there, and two seals of one text differ")
    func opens() throws {
        let sealed = vault.seal("anna@example.org", context: context)
        #expect(try vault.openText(sealed, context: context) == "anna@example.org")
        #expect(vault.seal("anna@example.org", context: context) != sealed)
        #expect(try vault.open(vault.seal([UInt8](), context: context), context: context) == [])
    }
}
