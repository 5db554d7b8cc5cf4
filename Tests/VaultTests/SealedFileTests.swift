import Foundation
import Integrity
import Testing

@testable import Vault

@Suite("Sealed files")
struct SealedFileTests {
    let folder: Folder
    let key = DataKey(SecureRandom.bytes(32))
    let context = SealContext(table: "documents", column: "file", row: "a")
    static let chunk = SealedFile.chunkLength
    static let sealedChunk = SealedFile.sealedChunkLength

    init() throws { folder = try Folder() }

    @Test(
        "what was written in pieces is read again, with its length and digest",
        arguments: [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk, 3 * chunk + 17], [1000, chunk, 1 << 20])
    func roundTrip(length: Int, piece: Int) throws {
        let plain = SecureRandom.bytes(length)
        let writer = try SealedFileWriter(path: folder.path("f"), key: key, context: context)
        for start in stride(from: 0, to: length, by: piece) {
            try writer.write(Array(plain[start..<min(length, start + piece)]))
        }
        let summary = try writer.finish()
        #expect(summary.bytes == length)
        #expect(summary.sha256 == digest(plain))
        #expect(folder.names == ["f"])
        let chunks = max(1, (length + Self.chunk - 1) / Self.chunk)
        #expect(try folder.bytes("f").count == SealedFile.headLength + length + 16 * chunks)

        let reader = try SealedFileReader(path: folder.path("f"), key: key, context: context)
        #expect(reader.bytes == length)
        #expect(try readAll(reader) == plain)
        #expect(try reader.next() == nil)
    }

    @Test("another key, and another context, open nothing")
    func wrongKey() throws {
        try seal([1, 2, 3])
        let other = DataKey(SecureRandom.bytes(32))
        #expect(throws: VaultFailure.damaged("the file \(folder.path("f"))")) {
            try readAll(SealedFileReader(path: folder.path("f"), key: other, context: context))
        }
        let moved = SealContext(table: "documents", column: "file", row: "b")
        #expect(throws: VaultFailure.self) {
            try readAll(SealedFileReader(path: folder.path("f"), key: key, context: moved))
        }
    }

    @Test("a file cut at and around the border of each chunk is noticed", arguments: [3 * chunk, 3 * chunk + 5])
    func truncation(_ length: Int) throws {
        try seal(SecureRandom.bytes(length))
        let whole = try folder.bytes("f")
        let borders = (0...3).map { SealedFile.headLength + $0 * Self.sealedChunk }
        let cuts = [0, 3, 4, 19] + borders.flatMap { [$0 - 1, $0, $0 + 1, $0 + 16, $0 + 17] }
        for cut in Set(cuts) where cut < whole.count {
            #expect(!opens(Array(whole.prefix(cut))), "cut at \(cut)")
        }
    }

    @Test("chunks that change places, are doubled, left out or come from another file are noticed")
    func swaps() throws {
        try seal(SecureRandom.bytes(3 * Self.chunk))
        let whole = try folder.bytes("f")
        let head = Array(whole.prefix(SealedFile.headLength))
        let chunks = (0..<3).map { index in
            let start = SealedFile.headLength + index * Self.sealedChunk
            return Array(whole[start..<start + Self.sealedChunk])
        }
        #expect(opens(head + chunks[0] + chunks[1] + chunks[2]))
        for order in [[1, 0, 2], [0, 2, 1], [0, 0, 1, 2], [0, 1], [1, 2], [0, 1, 2, 2], [0, 1, 1, 2], [2]] {
            #expect(!opens(head + order.flatMap { chunks[$0] }), "\(order)")
        }
        #expect(!opens(whole + [0]))
        #expect(!opens(whole + whole))

        try seal(SecureRandom.bytes(3 * Self.chunk))
        let other = try folder.bytes("f")
        #expect(
            !opens(Array(whole.prefix(SealedFile.headLength + Self.sealedChunk)) + other[(20 + Self.sealedChunk)...]))
        #expect(!opens(Array(other.prefix(SealedFile.headLength)) + whole[SealedFile.headLength...]))
    }

    @Test("a bit that changes anywhere is noticed")
    func bitFlips() throws {
        try seal(SecureRandom.bytes(Self.chunk + 100))
        let whole = try folder.bytes("f")
        let everywhere = Array(0..<SealedFile.headLength) + stride(from: 20, to: whole.count, by: 4001)
        for index in everywhere + [whole.count - 1, whole.count - 16, whole.count - 17] {
            var flipped = whole
            flipped[index] ^= 0x40
            #expect(!opens(flipped), "byte \(index)")
        }
    }

    @Test("what comes before the damage is handed out, nothing behind it")
    func damageInTheMiddle() throws {
        let plain = SecureRandom.bytes(3 * Self.chunk)
        try seal(plain)
        var damaged = try folder.bytes("f")
        damaged[SealedFile.headLength + Self.sealedChunk + 7] ^= 1
        try folder.write(damaged, "g")
        let reader = try SealedFileReader(path: folder.path("g"), key: key, context: context)
        #expect(try reader.next() == Array(plain.prefix(Self.chunk)))
        for _ in 0..<3 { #expect(throws: VaultFailure.self) { try reader.next() } }
    }

    @Test("a writer that is discarded or let go of leaves nothing, one that is finished takes no more")
    func discarding() throws {
        let path = folder.path("f")
        do {
            let writer = try SealedFileWriter(path: path, key: key, context: context)
            try writer.write([UInt8](repeating: 1, count: 3 * Self.chunk))
        }
        #expect(folder.names.isEmpty)
        let writer = try SealedFileWriter(path: path, key: key, context: context)
        writer.discard()
        #expect(throws: VaultFailure.self) { try writer.write([1]) }
        #expect(throws: VaultFailure.self) { try writer.finish() }
        #expect(folder.names.isEmpty)
        try seal([1])
        #expect(throws: VaultFailure.file(path: path, reason: "File exists")) { try seal([2]) }
        #expect(folder.names == ["f"])
    }

    @Test("no file has a length that its form does not allow")
    func lengths() {
        let head = SealedFile.headLength
        #expect(SealedFile.plainLength(head + 15) == nil)
        #expect(SealedFile.plainLength(head + 16) == 0)
        #expect(SealedFile.plainLength(head + Self.sealedChunk) == Self.chunk)
        for tail in 1...16 { #expect(SealedFile.plainLength(head + Self.sealedChunk + tail) == nil) }
        #expect(SealedFile.plainLength(head + Self.sealedChunk + 17) == Self.chunk + 1)
        #expect(SealedFile.plainLength(0) == nil)
    }

    @Test("a sealed file holds no run of the plain bytes")
    func nothingShows() throws {
        let marker = Data("PLANTED-MARKER".utf8)
        try seal([UInt8](repeating: 0, count: 5) + (0..<10_000).flatMap { _ in marker })
        #expect(!Data(try folder.bytes("f")).contains(marker))
    }

    private func seal(_ plain: [UInt8]) throws {
        if plain.count != 1 || plain[0] != 2 { unlink(folder.path("f")) }
        let writer = try SealedFileWriter(path: folder.path("f"), key: key, context: context)
        try writer.write(plain)
        _ = try writer.finish()
    }

    private func opens(_ sealed: [UInt8]) -> Bool {
        do {
            try folder.write(sealed, "g")
            _ = try readAll(SealedFileReader(path: folder.path("g"), key: key, context: context))
            return true
        } catch {
            return false
        }
    }

    @discardableResult private func readAll(_ reader: SealedFileReader) throws -> [UInt8] {
        var plain: [UInt8] = []
        while let chunk = try reader.next() {
            #expect(chunk.count <= Self.chunk)
            plain += chunk
        }
        return plain
    }

    private func digest(_ plain: [UInt8]) -> [UInt8] {
        let digest = Digest.sha256(plain.span)
        return digest.indices.map { digest[$0] }
    }
}
