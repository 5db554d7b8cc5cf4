import Companion
import Hummingbird
import NIOCore
import Store

/// What was shared in rooms.
struct DocumentRoutes {
    let documents: DocumentService

    var routes: [Route] { [list, share, download, delete] }

    private var list: Route {
        let max = DocumentService.listMax
        return Route(
            method: .get, path: "/rooms/{id}/documents", access: .signedIn,
            summary: "The documents of a room, the newest first.",
            query: Route.paging(max: max), output: .json(status: 200, .paged("documents", .document, max: max))
        ) { call in
            let found = try await documents.list(
                try call.parameter("id"), for: try call.person(), limit: call.limit(max: max),
                after: try call.cursor())
            return .json(.paged("documents", found) { .document($0) })
        }
    }

    private var share: Route {
        Route(
            method: .post, path: "/rooms/{id}/documents", access: .signedIn,
            summary: "Shares a document: its bytes are the body, its name is in X-File-Name.", input: .file,
            output: .json(status: 201, .document), refusals: [409]
        ) { call in
            guard MediaType.essence(call.request.headers[.contentType]) == "application/octet-stream" else {
                throw ServiceFailure.mediaType
            }
            // Without a length nobody could tell a whole document from one whose connection broke.
            guard let bytes = call.request.declaredLength, bytes >= 0 else { throw ServiceFailure.lengthRequired }
            guard let name = call.request.headers[.fileName].flatMap({ FileName.decode($0) }) else {
                throw ServiceFailure.invalid("X-File-Name has to be percent-encoded UTF-8 of 1 to 1024 bytes.")
            }
            let room = try call.parameter("id")
            let principal = try call.person()
            try await call.request.sendContinue(call.context)
            let document = try await documents.share(
                principal, room: room, name: name, expectedBytes: Int64(bytes),
                content: UploadContent(body: call.request.body, state: call.context.body))
            return .json(.document(document), status: 201)
        }
    }

    private var download: Route {
        Route(
            method: .get, path: "/rooms/{id}/documents/{document}", access: .signedIn,
            summary: "A document's bytes, as a file.", output: .file
        ) { call in
            let download = try await documents.open(
                try call.parameter("document"), in: try call.parameter("id"), for: try call.person())
            let body = ResponseBody(contentLength: Int(download.document.bytes)) { writer in
                // A piece that was altered on the disk throws, and the connection ends short of the length told.
                for try await piece in download.content { try await writer.write(ByteBuffer(bytes: piece)) }
                try await writer.finish(nil)
            }
            return Answer(
                content: .file(name: download.document.name, type: download.document.type, body: body))
        }
    }

    private var delete: Route {
        Route(
            method: .delete, path: "/rooms/{id}/documents/{document}", access: .signedIn,
            summary: "Deletes a document that whoever asks has shared.", output: .nothing(status: 204)
        ) { call in
            try await documents.delete(
                try call.parameter("document"), in: try call.parameter("id"), by: try call.person())
            return .done
        }
    }
}

extension JSON {
    static func document(_ document: Document) -> JSON {
        [
            "id": .text(document.id), "room": .text(document.room), "name": .text(document.name),
            "type": .text(document.type), "bytes": .integer(document.bytes), "sha256": .text(document.sha256),
            "owner": .text(document.owner), "shared_at": .integer(document.sharedAt),
        ]
    }
}

/// A file's name in a header field, which holds ASCII alone.
enum FileName {
    private static let bytesMax = 1024

    /// The name; nil when it is empty, too long, not percent-encoded or no UTF-8.
    static func decode(_ text: String) -> String? {
        guard (1...bytesMax).contains(text.utf8.count) else { return nil }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                rest.first != UInt8(ascii: "+"), rest.first != UInt8(ascii: "-")
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

/// The body of an upload as it arrives.
struct UploadContent: AsyncSequence, Sendable {
    typealias Element = ByteBufferView

    let body: RequestBody
    let state: BodyState

    /// An upload that gets slower than this, after its first seconds, holds a place for nothing.
    private static let bytesPerSecondMin = 1024
    private static let patience = Duration.seconds(30)

    struct Iterator: AsyncIteratorProtocol {
        var base: RequestBody.AsyncIterator
        let state: BodyState
        let start = ContinuousClock.now
        var count = 0

        mutating func next() async throws -> ByteBufferView? {
            guard let piece = try await base.next() else {
                state.isConsumed = true
                return nil
            }
            count += piece.readableBytes
            let allowed = UploadContent.patience + .seconds(count / UploadContent.bytesPerSecondMin)
            guard ContinuousClock.now - start < allowed else { throw ServiceFailure.bodyTimeout }
            return piece.readableBytesView
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(base: body.makeAsyncIterator(), state: state) }
}
