internal import Foundation
internal import Integrity
public import Vault

/// A signed statement of where the log stood: whoever keeps a copy elsewhere can show later that rows up to there were
/// cut off, edited or written anew, whatever became of the machine's own files meanwhile.
///
/// One line of canonical JSON:
///
///     {"at":…,"chain":"…","key":"…","previous":"…","sequence":…,"signature":"…","type":"…"}
///
/// `signature` is that of Ed25519 over the same object without it, `key` the public key, which follows from the master
/// key, and `previous` the SHA-256 of the line before in the file of checkpoints, or 32 zeros in the first one.
public struct AuditCheckpoint: Sendable, Hashable {
    /// Where the log stood.
    public var head: AuditHead
    /// The SHA-256 of the checkpoint before.
    public var previous: [UInt8]
    /// The public key of whoever signed.
    public var key: [UInt8]
    /// The signature.
    public var signature: [UInt8]

    /// Checkpoints in a file that is read: more than eleven years of one an hour.
    static let linesMax = 100_000
    static let lineBytesMax = 1024

    /// A checkpoint of `head`, signed with the key of this vault.
    init(_ head: AuditHead, previous: [UInt8], _ vault: Vault) {
        let seed = Self.seed(vault)
        self.head = head
        self.previous = previous
        key = Ed25519.publicKey(seed: seed.span)
        signature = []
        signature = Ed25519.sign(Array(text(signed: false).utf8).span, seed: seed.span)
    }

    /// Reads a line; throws `AuditProblem.forgedCheckpoint` for one that this vault did not sign.
    public init(line: String, number: Int, _ vault: Vault) throws(AuditProblem) {
        guard line.utf8.count <= Self.lineBytesMax,
            let fields = try? JSONDecoder().decode(Fields.self, from: Data(line.utf8)), fields.type == Self.mark,
            let chain = Hexadecimal.bytes(fields.chain), chain.count == AuditChain.start.count,
            let previous = Hexadecimal.bytes(fields.previous), let key = Hexadecimal.bytes(fields.key),
            let signature = Hexadecimal.bytes(fields.signature)
        else { throw .forgedCheckpoint(line: number) }
        head = AuditHead(sequence: fields.sequence, chain: chain, at: fields.at)
        self.previous = previous
        self.key = key
        self.signature = signature
        guard line == self.line, key == Ed25519.publicKey(seed: Self.seed(vault).span),
            Ed25519.verify(signature.span, of: Array(text(signed: false).utf8).span, publicKey: key.span)
        else { throw .forgedCheckpoint(line: number) }
    }

    /// The line, without its end.
    public var line: String { text(signed: true) }

    /// What the next checkpoint names as `previous`.
    var digest: [UInt8] {
        let digest = Digest.sha256(Array(line.utf8).span)
        return digest.indices.map { digest[$0] }
    }

    private func text(signed: Bool) -> String {
        var fields: [(key: String, value: AuditValue?)] = [
            ("at", .integer(head.at)), ("chain", .text(Hexadecimal.text(head.chain))),
            ("key", .text(Hexadecimal.text(key))), ("previous", .text(Hexadecimal.text(previous))),
            ("sequence", .integer(head.sequence)), ("type", .text(Self.mark)),
        ]
        if signed { fields.append(("signature", .text(Hexadecimal.text(signature)))) }
        return CanonicalJSON.object(fields)
    }

    private static func seed(_ vault: Vault) -> [UInt8] { vault.secret(for: "audit checkpoint") }

    private static let mark = "tern audit checkpoint 1"

    private struct Fields: Decodable {
        let at: Int64
        let chain: String
        let key: String
        let previous: String
        let sequence: Int64
        let signature: String
        let type: String
    }
}
