import Foundation
import Integrity
import Signaling
import Store
import Testing
import Vault

@testable import Companion

@Suite("Documents", .timeLimit(.minutes(1)))
struct DocumentTests {
    @Test("what was shared comes back as it was", arguments: [0, 1, 65_535, 65_536, 65_537, 300_000])
    func roundTrip(_ size: Int) async throws {
        let test = try await DocumentTest()
        let bytes = test.bytes(size)
        let document = try await test.share(bytes, name: "report.pdf", pieces: 1_000)
        #expect(document.bytes == Int64(size) && document.sha256 == Hexadecimal.text(test.digest(bytes)))
        let download = try await test.service.open(document.id, in: test.room, for: test.bob)
        #expect(download.document == document)
        var read: [UInt8] = []
        for try await piece in download.content {
            #expect(piece.count <= 65_536)
            read += piece
        }
        #expect(read == bytes)
        #expect(try await test.service.list(test.room, for: test.bob).elements == [document])
        let types = try await test.hub.auditTypes().filter { $0.hasPrefix("document.") }
        #expect(types == ["document.shared", "document.downloaded"])
    }

    @Test("members hear of it; neither name nor content shows on the disk or in the log")
    func atRest() async throws {
        let test = try await DocumentTest()
        let page = try await test.hub.page(test.bob)
        let content = Array(String(repeating: "PLANTED-CONTENT ", count: 10_000).utf8)
        let document = try await test.share(content, name: "PLANTED-NAME.txt")
        let told = try #require(try await page.next("document.shared")["document"] as? [String: Any])
        #expect(told["name"] as? String == "PLANTED-NAME.txt" && told["type"] as? String == "text/plain")
        let files = FileManager.default.enumerator(at: test.hub.companion.folder, includingPropertiesForKeys: nil)
        var count = 0
        for case let file as URL in try #require(files) where !file.hasDirectoryPath {
            count += 1
            let bytes = try Data(contentsOf: file)
            for planted in ["PLANTED-CONTENT", "PLANTED-NAME"] {
                #expect(bytes.range(of: Data(planted.utf8)) == nil, "\(file.lastPathComponent)")
            }
        }
        #expect(count >= 2 && test.files == [document.id])
        #expect(!(try await test.hub.auditText()).contains("PLANTED"))
    }

    @Test("an upload that is interrupted, too short or too long leaves nothing")
    func interrupted() async throws {
        let test = try await DocumentTest()
        await #expect(throws: ServiceFailure.interrupted) {
            try await test.service.share(
                test.ada, room: test.room, name: "x", expectedBytes: nil, content: Breaking(after: 5))
        }
        for expected in [99_999, 100_001] {
            await #expect(throws: ServiceFailure.interrupted) {
                _ = try await test.share(test.bytes(100_000), expectedBytes: Int64(expected))
            }
        }
        #expect(test.files.isEmpty)
        #expect(try await test.service.list(test.room, for: test.ada).isEmpty)
    }

    @Test("an upload whose task is cancelled leaves nothing")
    func cancelled() async throws {
        let test = try await DocumentTest()
        let task = Task {
            try await test.service.share(
                test.ada, room: test.room, name: "x", expectedBytes: nil, content: Breaking(after: .max))
        }
        task.cancel()
        await #expect(throws: (any Error).self) { try await task.value }
        #expect(test.files.isEmpty)
    }

    @Test("one document, all of a person and all of a room are bounded, also when they come at once")
    func quotas() async throws {
        var settings = CompanionSettings()
        settings.documents.bytesMax = 50_000
        settings.documents.bytesPerPersonMax = 120_000
        settings.documents.bytesPerRoomMax = 200_000
        let test = try await DocumentTest(settings: settings)
        for expected in [nil, Int64(50_001)] {
            await #expect(throws: ServiceFailure.tooLarge) {
                _ = try await test.share(test.bytes(50_001), expectedBytes: expected)
            }
        }
        let stored = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<6 {
                group.addTask { (try? await test.share(test.bytes(40_000))) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect((1...3).contains(stored) && test.files.count == stored)
        for _ in stored..<3 { _ = try await test.share(test.bytes(40_000)) }
        await #expect(throws: ServiceFailure.quota) { _ = try await test.share(test.bytes(40_000)) }
        // The room's quota counts what all have shared.
        for _ in 0..<2 { _ = try await test.share(test.bytes(40_000), by: test.bob) }
        await #expect(throws: ServiceFailure.quota) { _ = try await test.share(test.bytes(40_000), by: test.bob) }
        #expect(test.files.count == 5)
        #expect(try await test.hub.auditTypes().contains("document.refused!"))
    }

    @Test("more transfers than a person may have at once are refused")
    func transfers() async throws {
        let test = try await DocumentTest()
        let document = try await test.share(test.bytes(10))
        var downloads: [DocumentDownload] = []
        for _ in 0..<DocumentSettings().transfersPerPersonMax {
            downloads.append(try await test.service.open(document.id, in: test.room, for: test.bob))
        }
        await #expect(throws: ServiceFailure.transfersBusy) {
            try await test.service.open(document.id, in: test.room, for: test.bob)
        }
        downloads.removeAll()
        _ = try await test.service.open(document.id, in: test.room, for: test.bob)
    }

    @Test("only members read, only the owner deletes")
    func strangers() async throws {
        let test = try await DocumentTest()
        let eve = try await test.hub.person("eve")
        let document = try await test.share(test.bytes(10))
        let other = try await RoomService(core: test.hub.core, announcer: test.hub.hub)
            .create(eve, title: "other", members: ["bob"])
        for (room, person) in [(test.room, eve), (other.id, eve), (other.id, test.bob), ("none", test.bob)] {
            await #expect(throws: ServiceFailure.notFound) {
                try await test.service.open(document.id, in: room, for: person)
            }
            await #expect(throws: ServiceFailure.notFound) {
                try await test.service.delete(document.id, in: room, by: person)
            }
        }
        await #expect(throws: ServiceFailure.notFound) { try await test.service.list(test.room, for: eve) }
        await #expect(throws: ServiceFailure.notFound) { _ = try await test.share(test.bytes(1), by: eve) }
        await #expect(throws: ServiceFailure.forbidden) {
            try await test.service.delete(document.id, in: test.room, by: test.bob)
        }
        #expect(test.files.count == 1)
    }

    @Test("a deleted document is gone: from lists, for downloads and from the disk")
    func deletion() async throws {
        let test = try await DocumentTest()
        let page = try await test.hub.page(test.bob)
        let document = try await test.share(test.bytes(100_000))
        try await test.service.delete(document.id, in: test.room, by: test.ada)
        #expect(try await page.next("document.deleted")["document"] as? String == document.id)
        #expect(test.files.isEmpty)
        #expect(try await test.service.list(test.room, for: test.ada).isEmpty)
        await #expect(throws: ServiceFailure.notFound) {
            try await test.service.open(document.id, in: test.room, for: test.ada)
        }
        await #expect(throws: ServiceFailure.notFound) {
            try await test.service.delete(document.id, in: test.room, by: test.ada)
        }
    }

    @Test("the next start removes files that belong to no document, and no others")
    func orphans() async throws {
        let test = try await DocumentTest()
        let kept = try await test.share(test.bytes(10))
        for name in ["orphan", "\(kept.id).draft-0011223344556677"] {
            try Data([1, 2, 3]).write(to: test.folder.appending(path: name))
        }
        try await test.service.start()
        #expect(test.files == [kept.id])
    }

    @Test("a file that was changed, cut or put in another's place does not come out whole")
    func damaged() async throws {
        let test = try await DocumentTest()
        let document = try await test.share(test.bytes(200_000))
        let other = try await test.share(test.bytes(200_000))
        let file = test.folder.appending(path: document.id)
        let whole = try Data(contentsOf: file)
        var changed = whole
        changed[150_000] ^= 1
        let swapped = try Data(contentsOf: test.folder.appending(path: other.id))
        for bytes in [changed, whole.dropLast(1), whole.dropLast(65_552), whole + [0], Data(), swapped] {
            try bytes.write(to: file)
            await #expect(throws: (any Error).self) { try await test.read(document.id) }
        }
        try FileManager.default.removeItem(at: file)
        await #expect(throws: ServiceFailure.storageFailed) { try await test.read(document.id) }
        try whole.write(to: file)
        #expect(try await test.read(document.id) == test.bytes(200_000))
    }

    @Test("a full disk is one clear failure, of the folder or of the database")
    func fullDisk() async throws {
        let test = try await DocumentTest()
        let reason = String(cString: strerror(ENOSPC))
        #expect(test.service.failure(VaultFailure.file(path: "x", reason: reason)) == .storageFull)
        #expect(ServiceFailure.storageFull.status == 507)
        test.hub.store.fail(.full(path: "x"))
        await #expect(throws: ServiceFailure.storageFull) { _ = try await test.share(test.bytes(10)) }
        #expect(test.files.isEmpty)
    }
}

/// Two people, their room and its documents.
final class DocumentTest: Sendable {
    let hub: TestHub
    let ada: Principal
    let bob: Principal
    let room: String
    let folder: URL
    let service: DocumentService

    init(settings: CompanionSettings = CompanionSettings()) async throws {
        hub = try TestHub(settings: settings)
        ada = try await hub.person("ada")
        bob = try await hub.person("bob")
        room = try await RoomService(core: hub.core, announcer: hub.hub).create(ada, title: nil, members: ["bob"]).id
        folder = hub.companion.folder.appending(path: "documents")
        service = DocumentService(core: hub.core, folder: folder.path, announcer: hub.hub)
        try await service.start()
    }

    var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] }

    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 >> 8) } }

    func digest(_ bytes: [UInt8]) -> [UInt8] {
        var digest = RunningDigest()
        digest.add(bytes.span)
        return digest.finish()
    }

    func share(
        _ bytes: [UInt8], name: String = "x", expectedBytes: Int64? = nil, pieces: Int = 8_192,
        by person: Principal? = nil
    ) async throws -> Document {
        let content = AsyncStream<ArraySlice<UInt8>> { stream in
            var rest = bytes[...]
            while !rest.isEmpty {
                stream.yield(rest.prefix(pieces))
                rest = rest.dropFirst(pieces)
            }
            stream.finish()
        }
        return try await service.share(
            person ?? ada, room: room, name: name, expectedBytes: expectedBytes, content: content)
    }

    func read(_ document: String) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await piece in try await service.open(document, in: room, for: bob).content { bytes += piece }
        return bytes
    }
}

/// A body that breaks off, as that of a connection that is lost.
struct Breaking: AsyncSequence, Sendable {
    struct Lost: Error {}
    let after: Int

    struct Iterator: AsyncIteratorProtocol {
        var left: Int

        mutating func next() async throws -> [UInt8]? {
            if Task.isCancelled { return nil }
            guard left > 0 else { throw Lost() }
            left -= 1
            return [UInt8](repeating: 1, count: 40_000)
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(left: after) }
}
