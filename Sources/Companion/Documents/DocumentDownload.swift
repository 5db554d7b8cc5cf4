internal import Dispatch
internal import Vault

/// A document on its way out.
public struct DocumentDownload: Sendable {
    /// What it is.
    public let document: Document
    /// Its bytes. Each piece is known to be as it was written when it is handed out; a file that was altered or cut
    /// makes the sequence throw, and the answer must then not end like a whole one.
    public let content: DocumentContent
}

/// The content of a document, in pieces of at most 64 KiB. To be iterated once.
public struct DocumentContent: AsyncSequence, Sendable {
    /// A piece.
    public typealias Element = [UInt8]

    let reader: SealedFileReader
    let queue: DispatchQueue
    let lease: TransferLease

    /// Reads one piece after the other.
    public struct Iterator: AsyncIteratorProtocol {
        let content: DocumentContent

        /// The next piece; nil behind the last.
        public mutating func next() async throws -> [UInt8]? {
            let reader = content.reader
            return try await withCheckedThrowingContinuation { continuation in
                content.queue.async { continuation.resume(with: Result(catching: { try reader.next() })) }
            }
        }
    }

    /// The pieces.
    public func makeAsyncIterator() -> Iterator { Iterator(content: self) }
}

/// The place of a transfer among those that may run, given back when it is let go of.
final class TransferLease: Sendable {
    private let ledger: TransferLedger
    private let person: String

    init(ledger: TransferLedger, person: String) {
        self.ledger = ledger
        self.person = person
    }

    deinit { ledger.end(person) }
}
