internal import Integrity
internal import Store

/// How the rows hang together:
///
///     leaf    = SHA-256(0x00 ‖ salt ‖ canonical JSON of the row without salt, leaf and chain)
///     chain n = SHA-256(0x01 ‖ chain n-1 ‖ sequence as 8 bytes, big-endian ‖ leaf n)        chain 0 = 32 zeros
///
/// A row that is edited, deleted, inserted or moved changes every chain value behind it. The head of the chain, kept
/// where the database is not (`AuditHead`), so vouches for all rows up to it.
enum AuditChain {
    static let start = [UInt8](repeating: 0, count: 32)
    static let saltLength = 16

    static func leaf(_ record: AuditRecord) -> [UInt8] {
        digest([0x00] + record.salt + Array(content(record).utf8))
    }

    static func next(_ chain: [UInt8], sequence: Int64, leaf: [UInt8]) -> [UInt8] {
        digest([0x01] + chain + withUnsafeBytes(of: sequence.bigEndian, Array.init) + leaf)
    }

    static func content(_ record: AuditRecord) -> String {
        CanonicalJSON.object([
            ("address", .text(record.address)), ("at", .integer(record.at)), ("extra", .text(record.extra)),
            ("message", .text(record.message)), ("outcome", .text(record.outcome)),
            ("owner", record.owner.map(AuditValue.text)), ("requester", record.requester.map(AuditValue.text)),
            ("room_id", record.roomID.map(AuditValue.text)), ("sequence", .integer(record.sequence)),
            ("type", .text(record.type)),
        ])
    }

    private static func digest(_ bytes: [UInt8]) -> [UInt8] {
        let digest = Digest.sha256(bytes.span)
        return digest.indices.map { digest[$0] }
    }
}
