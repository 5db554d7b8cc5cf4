import Foundation
import Testing

@testable import Vault

/// A folder of one test.
final class Folder: Sendable {
    let url = FileManager.default.temporaryDirectory.appending(path: "vault-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: url.path).sorted()) ?? [] }

    func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: url.appending(path: name))) }

    func write(_ bytes: [UInt8], _ name: String, mode: mode_t = 0o600) throws {
        try Data(bytes).write(to: url.appending(path: name))
        try #require(chmod(path(name), mode) == 0)
    }
}

@Suite("Master key file")
struct VaultKeysTests {
    let folder: Folder
    let context = SealContext(table: "people", column: "email_sealed", row: "a")
    var path: String { folder.path("master.key") }

    init() throws { folder = try Folder() }

    @Test("is made once, for its owner alone, and read again later")
    func made() throws {
        let first = Vault(keys: try VaultKeys.open(path: path, mayMake: true))
        let text = String(decoding: try folder.bytes("master.key"), as: UTF8.self)
        #expect(text.wholeMatch(of: /[0-9a-f]{64}\n/) != nil)
        var facts = stat()
        #expect(stat(path, &facts) == 0 && facts.st_mode & 0o777 == 0o600)
        #expect(folder.names == ["master.key"])
        let second = Vault(keys: try VaultKeys.open(path: path, mayMake: true))
        #expect(try second.openText(first.seal("hello", context: context), context: context) == "hello")
        #expect(String(decoding: try folder.bytes("master.key"), as: UTF8.self) == text)
    }

    @Test("is not made next to a database that exists")
    func missing() {
        let failure = #expect(throws: VaultFailure.self) { try VaultKeys.open(path: path, mayMake: false) }
        #expect(failure?.description.contains("missing") == true)
        #expect(folder.names.isEmpty)
    }

    @Test("is one key for all that make it at the same time")
    func race() async throws {
        let texts = try await withThrowingTaskGroup { group in
            for _ in 0..<16 {
                group.addTask { [path] in
                    Vault(keys: try VaultKeys.open(path: path, mayMake: true)).index("a", purpose: "race")
                }
            }
            return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
        }
        #expect(texts.count == 1)
        #expect(folder.names == ["master.key"])
    }

    @Test("that others may read is refused with the command that helps", arguments: [0o640, 0o604, 0o666] as [mode_t])
    func modes(_ mode: mode_t) throws {
        try folder.write(Array((String(repeating: "a", count: 64) + "\n").utf8), "master.key", mode: mode)
        #expect(
            throws: VaultFailure.keyFile(path: path, reason: "others may read it; run: chmod 600 \(path)")
        ) { try VaultKeys.open(path: path, mayMake: true) }
    }

    @Test(
        "that holds no keys is refused and stays as it is",
        arguments: [
            "", "\n", String(repeating: "a", count: 63), String(repeating: "a", count: 65),
            String(repeating: "g", count: 64), String(repeating: "a", count: 64) + "\nabc\n",
            String(repeating: "a", count: 64 * 300 * 2),
        ])
    func content(_ text: String) throws {
        try folder.write(Array(text.utf8), "master.key")
        let failure = #expect(throws: VaultFailure.self) { try VaultKeys.open(path: path, mayMake: true) }
        guard case .keyFile = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(try folder.bytes("master.key") == Array(text.utf8))
    }

    @Test("a rotation seals with the new key, opens with the old one, and finds as before")
    func rotation() throws {
        let old = Vault(keys: try VaultKeys.open(path: path, mayMake: true))
        let sealed = old.seal("hello", context: context)
        let (key, wrapped) = old.newDataKey(context: context)
        let value = key.seal("in a room", context: context)

        let new = Vault(keys: try VaultKeys.rotate(path: path))
        #expect(try new.openText(sealed, context: context) == "hello")
        #expect(new.index("a", purpose: "email") == old.index("a", purpose: "email"))
        #expect(new.secret(for: "pepper") == old.secret(for: "pepper"))
        #expect(throws: Never.self) { try new.check(old.checkValue()) }
        #expect(throws: VaultFailure.self) { try old.open(new.seal("hello", context: context), context: context) }

        let again = try new.rewrap(wrapped, context: context)
        #expect(again != wrapped)
        #expect(try new.unwrap(again, context: context).openText(value, context: context) == "in a room")
        #expect(throws: VaultFailure.self) { try old.unwrap(again, context: context) }
        #expect(throws: VaultFailure.self) { try VaultKeys.rotate(path: folder.path("nowhere")) }
    }
}

@Suite("Durable files")
struct DurableFileTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    @Test("a file is made once and replaced as a whole")
    func writing() throws {
        let path = folder.path("a")
        #expect(try DurableFile.read(path, limit: 10) == nil)
        try DurableFile.make(path, [1, 2])
        #expect(throws: VaultFailure.file(path: path, reason: "File exists")) { try DurableFile.make(path, [3]) }
        #expect(try DurableFile.read(path, limit: 2) == [1, 2])
        try DurableFile.replace(path, [4, 5, 6])
        #expect(try DurableFile.read(path, limit: 3) == [4, 5, 6])
        #expect(throws: VaultFailure.self) { try DurableFile.read(path, limit: 2) }
        #expect(folder.names == ["a"])
    }

    @Test("what a crash left of unfinished files is swept, and nothing else")
    func drafts() throws {
        let path = folder.path("a")
        try DurableFile.make(path, [1])
        try folder.write([1], "b.draft-0011223344556677")
        try folder.write([1], (DurableFile.draftName("c") as NSString).lastPathComponent)
        #expect(try DurableFile.removeDrafts(in: folder.url.path) == 2)
        #expect(folder.names == ["a"])
        #expect(throws: VaultFailure.self) { try DurableFile.removeDrafts(in: folder.path("nowhere")) }
    }

    @Test("a folder that is missing is told, and nothing is left")
    func missingFolder() {
        let path = folder.path("nowhere/a")
        #expect(throws: VaultFailure.file(path: path, reason: "No such file or directory")) {
            try DurableFile.make(path, [1])
        }
        #expect(throws: VaultFailure.self) { try DurableFile.replace(path, [1]) }
        #expect(folder.names.isEmpty)
    }
}
