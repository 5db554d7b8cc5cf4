internal import Dispatch
internal import Foundation
internal import Logging
internal import Signaling
public import Store
internal import Vault

/// Documents of rooms: streamed in and out in sealed pieces, never whole in memory.
///
/// A document's file is whole and on the disk before its row is; a deleted document's row is gone before its file is.
/// What a crash leaves in between is a file without a row, which the next start removes.
public final class DocumentService: Sendable {
    private let core: CompanionCore
    private let settings: DocumentSettings
    private let folder: String
    private let announcer: any Announcer
    private let ledger: TransferLedger
    /// Reading and writing block: not on the threads that serve everybody.
    private let queue = DispatchQueue(label: "documents", qos: .utility, attributes: .concurrent)

    /// Bytes that are written at once.
    private static let pieceBytes = 65_536
    /// Documents of one list.
    public static let listMax = 200

    /// A service whose files are in `folder`. The announcer is the hub.
    public init(core: CompanionCore, folder: String, announcer: any Announcer) {
        self.core = core
        settings = core.settings.documents
        self.folder = folder
        self.announcer = announcer
        ledger = TransferLedger(settings: core.settings.documents)
    }

    /// Makes the folder and removes files that belong to no document. To be called before the first upload.
    public func start() async throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw VaultFailure.file(path: folder, reason: error.localizedDescription)
        }
        var removed = 0
        for name in try await onQueue({ [folder] in try FileManager.default.contentsOfDirectory(atPath: folder) }) {
            if try await core.store.read({ try $0.hasDocument(file: name) }) { continue }
            try? FileManager.default.removeItem(atPath: path(name))
            removed += 1
        }
        if removed > 0 {
            core.logger.notice("unfinished documents were removed", metadata: ["files": "\(removed)"])
        }
    }

    /// The newest documents of a room, newest first.
    public func list(
        _ room: String, for principal: Principal, limit: Int = listMax, after cursor: PageCursor? = nil
    ) async throws -> Page<Document> {
        let (core, limit) = (core, min(max(limit, 1), Self.listMax))
        _ = try await core.requireRoom(room, for: principal)
        return try await core.store.read { connection in
            try Page(
                connection.documents(in: room, limit: limit + 1, after: cursor), limit: limit,
                cursor: { PageCursor(key: $0.sharedAt, id: $0.id) }
            ) { try core.document($0) }
        }
    }

    // MARK: Upload

    /// Takes a document in, piece by piece. It is there when this returns, and nothing of it is when this throws.
    ///
    /// - Parameters:
    ///   - name: the owner's name for it; it is cleaned.
    ///   - expectedBytes: its size, when the client has said it; another number of bytes is an interrupted upload.
    ///   - content: its bytes, in pieces of any size and type.
    public func share<Content: AsyncSequence & Sendable>(
        _ principal: Principal, room: String, name: String, expectedBytes: Int64?, content: Content
    ) async throws -> Document where Content.Element: Collection, Content.Element.Element == UInt8 {
        _ = try await core.requireRoom(room, for: principal)
        if let expectedBytes, expectedBytes > settings.bytesMax {
            try await auditRefusal(principal, room, ServiceFailure.tooLarge)
            throw ServiceFailure.tooLarge
        }
        guard ledger.begin(principal.personID) else { throw ServiceFailure.transfersBusy }
        var upload = Upload(id: Identifier.make(core.surroundings))
        defer { ledger.end(principal.personID, room: room, bytes: upload.bytes) }
        do {
            let (document, members) = try await store(
                &upload, principal, room, DocumentName.clean(name, bytesMax: settings.nameBytesMax), expectedBytes,
                content)
            await announcer.announce(.documentShared(document.notice), to: members)
            return document
        } catch {
            let failure = failure(error)
            if failure == .tooLarge || failure == .quota { try? await auditRefusal(principal, room, failure) }
            throw failure
        }
    }

    private struct Upload {
        let id: String
        var bytes: Int64 = 0
        var head: [UInt8] = []
        var piece: [UInt8] = []
    }

    private func store<Content: AsyncSequence & Sendable>(
        _ upload: inout Upload, _ principal: Principal, _ room: String, _ name: String, _ expectedBytes: Int64?,
        _ content: Content
    ) async throws -> (Document, members: [String])
    where Content.Element: Collection, Content.Element.Element == UInt8 {
        let person = principal.personID
        let used = try await core.store.read { connection in
            (person: try connection.documentBytes(of: person), room: try connection.documentBytes(in: room))
        }
        let id = upload.id
        let (key, wrapped) = core.vault.newDataKey(context: CompanionCore.documents("key", id))
        let path = path(id)
        let writer = try await onQueue {
            try SealedFileWriter(path: path, key: key, context: CompanionCore.documents("file", id))
        }
        // Behind `finish` this does nothing; before, it takes everything back.
        defer { writer.discard() }
        for try await part in content {
            let bytes = Int64(part.count)
            guard upload.bytes + bytes <= min(settings.bytesMax, expectedBytes ?? .max) else {
                throw upload.bytes + bytes > settings.bytesMax ? ServiceFailure.tooLarge : .interrupted
            }
            guard ledger.take(bytes, person, room, used: used) else { throw ServiceFailure.quota }
            upload.bytes += bytes
            if upload.head.count < DocumentType.headBytes {
                upload.head += part.prefix(DocumentType.headBytes - upload.head.count)
            }
            // As a whole where the piece lies in one place: this is not specialised for its type.
            if part.withContiguousStorageIfAvailable({ upload.piece += $0 }) == nil { upload.piece += part }
            if upload.piece.count >= Self.pieceBytes { try await flush(&upload, writer) }
        }
        // A request whose connection ends may end its body like any other.
        try Task.checkCancellation()
        guard expectedBytes.map({ $0 == upload.bytes }) ?? true else { throw ServiceFailure.interrupted }
        try await flush(&upload, writer)
        let summary = try await onQueue { try writer.finish() }
        let record = DocumentRecord(
            id: id, roomID: room, owner: person,
            nameSealed: core.vault.seal(name, context: CompanionCore.documents("name", id)),
            type: DocumentType.find(upload.head), bytes: Int64(summary.bytes), sha256: summary.sha256,
            keyWrapped: wrapped, file: id, sharedAt: core.now)
        do {
            let members = try await insert(record, by: principal)
            return (try core.document(record), members)
        } catch {
            unlink(path)
            throw error
        }
    }

    private func flush(_ upload: inout Upload, _ writer: SealedFileWriter) async throws {
        let piece = upload.piece
        upload.piece = []
        upload.piece.reserveCapacity(Self.pieceBytes)
        if !piece.isEmpty { try await onQueue { try writer.write(piece) } }
    }

    /// The row and its audit row. Quotas are looked at again: now nobody else changes them.
    private func insert(_ record: DocumentRecord, by principal: Principal) async throws -> [String] {
        let core = core
        let settings = settings
        return try await core.store.write { connection in
            guard try connection.room(id: record.roomID, of: principal.personID) != nil else {
                throw ServiceFailure.notFound
            }
            guard try connection.documentBytes(of: record.owner) + record.bytes <= settings.bytesPerPersonMax,
                try connection.documentBytes(in: record.roomID) + record.bytes <= settings.bytesPerRoomMax
            else { throw ServiceFailure.quota }
            try connection.insert(record)
            try connection.audit(
                AuditEvent(
                    type: .documentShared, requester: principal.personID, owner: principal.personID,
                    room: record.roomID, message: "a document was shared",
                    extra: [
                        "document": .text(record.id), "bytes": .integer(record.bytes), "type": .text(record.type),
                        "sha256": .text(Hexadecimal.text(record.sha256)),
                    ], address: principal.address), core.surroundings)
            return try connection.memberIDs(of: record.roomID)
        }
    }

    private func auditRefusal(_ principal: Principal, _ room: String, _ failure: ServiceFailure) async throws {
        let core = core
        _ = try await core.store.write { connection in
            try connection.audit(
                AuditEvent(
                    type: .documentRefused, outcome: .failure, requester: principal.personID,
                    owner: principal.personID, room: room, message: "a document was refused",
                    extra: ["reason": .text(failure.code)], address: principal.address), core.surroundings)
        }
    }

    // MARK: Download and deletion

    /// Hands a document out. The audit row is written before the first byte leaves.
    public func open(_ id: String, in room: String, for principal: Principal) async throws -> DocumentDownload {
        let core = core
        _ = try await core.requireRoom(room, for: principal)
        guard let record = try await core.store.read({ try $0.document(id: id, in: room) }) else {
            throw ServiceFailure.notFound
        }
        guard ledger.begin(principal.personID) else { throw ServiceFailure.transfersBusy }
        let lease = TransferLease(ledger: ledger, person: principal.personID)
        do {
            let document = try core.document(record)
            let key = try core.vault.unwrap(record.keyWrapped, context: CompanionCore.documents("key", id))
            let path = path(record.file)
            let reader = try await onQueue {
                try SealedFileReader(path: path, key: key, context: CompanionCore.documents("file", id))
            }
            guard Int64(reader.bytes) == record.bytes else { throw VaultFailure.damaged("the file \(path)") }
            _ = try await core.store.write { connection in
                try connection.audit(
                    AuditEvent(
                        type: .documentDownloaded, requester: principal.personID, owner: record.owner, room: room,
                        message: "a document was downloaded", extra: ["document": .text(id)],
                        address: principal.address), core.surroundings)
            }
            return DocumentDownload(
                document: document, content: DocumentContent(reader: reader, queue: queue, lease: lease))
        } catch {
            throw failure(error)
        }
    }

    /// Deletes a document. Only its owner may do so; its content cannot be read from then on, by nobody.
    public func delete(_ id: String, in room: String, by principal: Principal) async throws {
        let core = core
        _ = try await core.requireRoom(room, for: principal)
        let (file, members) = try await core.store.write { connection in
            guard let record = try connection.document(id: id, in: room) else { throw ServiceFailure.notFound }
            guard record.owner == principal.personID else { throw ServiceFailure.forbidden }
            try connection.deleteDocument(id: id, at: core.now)
            try connection.audit(
                AuditEvent(
                    type: .documentDeleted, requester: principal.personID, owner: record.owner, room: room,
                    message: "a document was deleted", extra: ["document": .text(id)], address: principal.address),
                core.surroundings)
            return (record.file, try connection.memberIDs(of: room))
        }
        unlink(path(file))
        await announcer.announce(.documentDeleted(room: RoomID(room), document: id), to: members)
    }

    // MARK: Files

    /// Names are made here and are letters and digits only.
    private func path(_ file: String) -> String { folder + "/" + file }

    private func onQueue<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }

    /// What the client is told, and what the log is.
    func failure(_ error: any Error) -> ServiceFailure {
        switch error {
        case let failure as ServiceFailure: return failure
        case is CancellationError: return .interrupted
        case VaultFailure.file(_, let reason) where Self.fullReasons.contains(reason):
            core.logger.error("the disk of the documents is full", metadata: ["folder": "\(folder)"])
            return .storageFull
        case StoreFailure.full:
            core.logger.error("\(error)")
            return .storageFull
        case VaultFailure.damaged:
            core.logger.error("\(error)")
            return .damaged
        case is VaultFailure:
            core.logger.error("\(error)")
            return .storageFailed
        case is StoreFailure:
            core.logger.error("\(error)")
            return ServiceFailure(
                code: "unavailable", status: 503, message: "The server could not store this. Try again.",
                retryAfterSeconds: 3)
        default: return .interrupted
        }
    }

    private static let fullReasons: Set<String> = Set([ENOSPC, EDQUOT, EFBIG].map { String(cString: strerror($0)) })
}
