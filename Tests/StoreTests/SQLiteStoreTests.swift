import Foundation
import Store
import Testing

@Suite("SQLite store")
final class SQLiteStoreTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)")
    let path: String
    let store: SQLiteStore

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appending(path: "test.db").path
        store = try SQLiteStore(path: path)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    @Test("values come back as they went in")
    func values() async throws { try await StoreContract.keepsValues(store) }
}
