import Store
import Testing

/// What every backend must do. A backend's tests hand a fresh store to each of these.
enum StoreContract {
    /// Values come back as they went in.
    static func keepsValues(_ store: any Store) async throws {
        let all = [UInt8](0...255)
        try await store.write { try $0.set("a", to: all) }
        try await store.write { try $0.set("empty", to: []) }
        #expect(try await store.read { try $0.setting("a") } == all)
        #expect(try await store.read { try $0.setting("empty") } == [])
        #expect(try await store.read { try $0.setting("b") } == nil)
    }
}
