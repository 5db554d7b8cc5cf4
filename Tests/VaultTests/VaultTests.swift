import Foundation
import Testing

@testable import Vault

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
        let long = [UInt8](repeating: 5, count: 1 << 20)
        #expect(try vault.open(vault.seal(long, context: context), context: context) == long)
    }

    @Test(
        "a value that moved to another table, column or row does not open",
        arguments: [
            SealContext(table: "people", column: "email_sealed", row: "b"),
            SealContext(table: "people", column: "name_sealed", row: "a"),
            SealContext(table: "persons", column: "email_sealed", row: "a"),
            SealContext(table: "people", column: "email_seale", row: "da"),
            SealContext(table: "people.email_sealed", column: "", row: "a"),
            SealContext(table: "", column: "", row: ""),
        ])
    func contextSwap(_ other: SealContext) {
        let sealed = vault.seal("anna@example.org", context: context)
        #expect(throws: VaultFailure.self) { try vault.open(sealed, context: other) }
        let wrapped = vault.newDataKey(context: context).wrapped
        #expect(throws: VaultFailure.self) { try vault.unwrap(wrapped, context: other) }
    }

    @Test("no two contexts are one, whatever their parts hold")
    func contextsAreUnambiguous() {
        let parts = ["", "a", "aa", "a.a", "\0", "\0\0\0\u{1}a"]
        var seen: Set<[UInt8]> = []
        for table in parts {
            for column in parts {
                for row in parts {
                    #expect(seen.insert(SealContext(table: table, column: column, row: row).encoded).inserted)
                }
            }
        }
    }

    @Test("every bit that changes and every byte that is missing is noticed")
    func damage() {
        let sealed = vault.seal("hello", context: context)
        for bit in 0..<sealed.count * 8 {
            var flipped = sealed
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: VaultFailure.damaged("a value of people.email_sealed")) {
                try vault.open(flipped, context: context)
            }
        }
        for length in 0..<sealed.count {
            #expect(throws: VaultFailure.self) { try vault.open(Array(sealed.prefix(length)), context: context) }
        }
        #expect(throws: VaultFailure.self) { try vault.open(sealed + [0], context: context) }
    }

    @Test("another master key opens nothing and finds nothing")
    func wrongKey() throws {
        let other = Vault(masterKey: [UInt8](repeating: 2, count: VaultKeys.keyLength))
        let sealed = vault.seal("hello", context: context)
        #expect(throws: VaultFailure.self) { try other.open(sealed, context: context) }
        #expect(throws: VaultFailure.wrongKey) { try other.check(vault.checkValue()) }
        #expect(throws: Never.self) { try vault.check(vault.checkValue()) }
        #expect(vault.index("a", purpose: "email") != other.index("a", purpose: "email"))
    }

    @Test("a value is no wrapped key and no value of a data key, under the same context")
    func purposesAreApart() throws {
        let bytes = [UInt8](repeating: 9, count: 32)
        #expect(throws: VaultFailure.self) { try vault.unwrap(vault.seal(bytes, context: context), context: context) }
        let (key, wrapped) = vault.newDataKey(context: context)
        #expect(throws: VaultFailure.self) { try vault.open(wrapped, context: context) }
        #expect(throws: VaultFailure.self) { try vault.open(key.seal(bytes, context: context), context: context) }
        #expect(throws: VaultFailure.self) { try key.open(vault.seal(bytes, context: context), context: context) }
    }

    @Test("what is sealed as bytes that are no text does not open as text")
    func noText() {
        let sealed = vault.seal([0xFF, 0xFE], context: context)
        #expect(throws: VaultFailure.damaged("a text of people.email_sealed")) {
            try vault.openText(sealed, context: context)
        }
    }

    @Test("an index is the same for the same text and purpose only, and 32 bytes long")
    func index() {
        let index = vault.index("anna@example.org", purpose: "email")
        #expect(index.count == 32)
        #expect(vault.index("anna@example.org", purpose: "email") == index)
        #expect(vault.index("anna@example.org", purpose: "phone") != index)
        #expect(vault.index("anna@example.orh", purpose: "email") != index)
        #expect(vault.secret(for: "email") != index)
    }

    @Test("an unwrapped data key opens what the key sealed, another one does not")
    func dataKeys() throws {
        let (key, wrapped) = vault.newDataKey(context: context)
        let sealed = key.seal("hello", context: context)
        #expect(try vault.unwrap(wrapped, context: context).openText(sealed, context: context) == "hello")
        let other = vault.newDataKey(context: context).key
        #expect(throws: VaultFailure.self) { try other.open(sealed, context: context) }
        var moved = context
        moved.row = "b"
        #expect(throws: VaultFailure.self) { try key.open(sealed, context: moved) }
    }

    @Test("a million bytes of sealed values hold no run of the plain ones")
    func nothingShows() {
        let marker = "PLANTED-MARKER-anna@example.org"
        let all = (0..<1000).flatMap { _ in vault.seal(marker, context: context) }
        #expect(!Data(all).contains(Data(marker.utf8)))
    }
}

extension Data {
    /// Whether `other` is a part of this.
    func contains(_ other: Data) -> Bool { range(of: other) != nil }
}
