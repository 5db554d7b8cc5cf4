internal import Foundation
internal import Integrity
public import Vault

/// The last row of the log as of some moment, kept in a file outside of the database, under a code that only the
/// holder of the master key can make.
///
/// It is what makes the end of the log tamper-evident: rows that were cut off, and a chain that was computed anew from
/// some row on, do not match it. Its limits: rows behind the last head that was written (`AuditSettings`) can be cut
/// off unnoticed; whoever can put back an older database together with the files of that time goes unnoticed as well,
/// unless checkpoints (`AuditCheckpoint`) are kept where he cannot write; and whoever holds the master key can forge
/// all that was not kept elsewhere.
public struct AuditHead: Sendable, Hashable {
    /// The sequence of the last row; 0 for an empty log.
    public var sequence: Int64
    /// The chain as of that row.
    public var chain: [UInt8]
    /// When the head was written, in milliseconds since 1970 UTC.
    public var at: Int64

    /// A head.
    public init(sequence: Int64, chain: [UInt8], at: Int64) {
        self.sequence = sequence
        self.chain = chain
        self.at = at
    }

    /// The head in the file; nil when there is no file. Throws `AuditProblem.forgedHead` for one that was not written
    /// with this vault.
    public static func read(_ path: String, _ vault: Vault) throws -> AuditHead? {
        guard let bytes = try DurableFile.read(path, limit: lengthMax) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        guard lines.count == 5, lines[0] == mark, let sequence = Int64(lines[1]),
            let chain = Hexadecimal.bytes(lines[2]), let at = Int64(lines[3]), let code = Hexadecimal.bytes(lines[4])
        else { throw AuditProblem.forgedHead }
        let head = AuditHead(sequence: sequence, chain: chain, at: at)
        guard ConstantTime.equal(code.span, head.code(vault).span) else { throw AuditProblem.forgedHead }
        return head
    }

    /// Replaces the file. It is on the disk when this returns.
    public func write(_ path: String, _ vault: Vault) throws {
        try DurableFile.replace(path, Array((text + Hexadecimal.text(code(vault)) + "\n").utf8))
    }

    private var text: String { "\(Self.mark)\n\(sequence)\n\(Hexadecimal.text(chain))\n\(at)\n" }

    private func code(_ vault: Vault) -> [UInt8] {
        HMACSHA256.code(key: vault.secret(for: "audit head").span, Array(text.utf8).span)
    }

    private static let mark = "audit head 1"
    private static let lengthMax = 1024
}
