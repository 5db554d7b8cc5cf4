internal import Foundation
internal import Integrity

/// The master keys, oldest first, from a file of one key per line: 64 hexadecimal digits. The last one seals, all of
/// them open; a rotation adds a line. Whoever loses the file loses all that the database holds.
public struct VaultKeys: Sendable {
    /// Bytes of a master key.
    public static let keyLength = 32
    /// Keys in a file: their ids are one byte, from 1.
    public static let keysMax = 255

    private let keys: [[UInt8]]

    /// One key, which is in no file.
    public init(masterKey: [UInt8]) {
        precondition(masterKey.count == Self.keyLength)
        keys = [masterKey]
    }

    private init(keys: [[UInt8]]) { self.keys = keys }

    var first: UInt8 { 1 }
    var current: UInt8 { UInt8(keys.count) }

    func holds(_ id: UInt8) -> Bool { 1...keys.count ~= Int(id) }

    func key(_ id: UInt8) -> [UInt8] { keys[Int(id) - 1] }

    /// Reads the file. When there is none it is made with a random key, if `mayMake`: not next to a database that
    /// exists already, which no new key would open.
    public static func open(path: String, mayMake: Bool) throws(VaultFailure) -> VaultKeys {
        if let keys = try read(path) { return keys }
        guard mayMake else {
            throw .keyFile(path: path, reason: "it is missing and the database exists: restore it")
        }
        do throws(VaultFailure) {
            try DurableFile.make(path, [UInt8](line(SecureRandom.bytes(keyLength)).utf8))
        } catch {
            // Another process was faster: its key counts.
            guard let keys = try read(path) else { throw error }
            return keys
        }
        guard let keys = try read(path) else { throw .keyFile(path: path, reason: "it vanished while it was made") }
        return keys
    }

    /// Adds a key to the file, which seals from then on.
    public static func rotate(path: String) throws(VaultFailure) -> VaultKeys {
        guard let old = try read(path) else { throw .keyFile(path: path, reason: "there is no such file") }
        guard old.keys.count < keysMax else { throw .keyFile(path: path, reason: "it holds \(keysMax) keys already") }
        let new = VaultKeys(keys: old.keys + [SecureRandom.bytes(keyLength)])
        try DurableFile.replace(path, [UInt8](new.keys.map(line).joined().utf8))
        return new
    }

    /// Nil when there is no such file.
    private static func read(_ path: String) throws(VaultFailure) -> VaultKeys? {
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .keyFile(path: path, reason: DurableFile.lastReason())
        }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw .keyFile(path: path, reason: "it is no file")
        }
        guard facts.st_mode & 0o077 == 0 else {
            throw .keyFile(path: path, reason: "others may read it; run: chmod 600 \(path)")
        }
        let lengthMax = keysMax * (2 * keyLength + 2)
        guard facts.st_size <= lengthMax, let bytes = DurableFile.readAll(descriptor, lengthMax) else {
            throw .keyFile(path: path, reason: "it is too long, or could not be read")
        }
        return VaultKeys(keys: try parse(bytes, path))
    }

    private static func parse(_ bytes: [UInt8], _ path: String) throws(VaultFailure) -> [[UInt8]] {
        var keys: [[UInt8]] = []
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard line.utf8.count == 2 * keyLength, let key = Hexadecimal.bytes(line) else {
                throw .keyFile(path: path, reason: "line \(keys.count + 1) is no key of 64 hexadecimal digits")
            }
            keys.append(key)
        }
        guard !keys.isEmpty, keys.count <= keysMax else {
            throw .keyFile(path: path, reason: "it holds \(keys.count) keys, 1 to \(keysMax) are needed")
        }
        return keys
    }

    private static func line(_ key: [UInt8]) -> String { Hexadecimal.text(key) + "\n" }
}

extension Vault {
    /// A value for the database to keep, by which it knows its key again.
    public func checkValue() -> [UInt8] { seal(Self.checkText, context: Self.checkContext) }

    /// Whether the database that kept this value was written with the master key at hand.
    public func check(_ value: [UInt8]) throws(VaultFailure) {
        guard let text = try? openText(value, context: Self.checkContext), text == Self.checkText else {
            throw .wrongKey
        }
    }

    private static let checkText = "this is the key"
    private static let checkContext = SealContext(table: "settings", column: "value", row: "vault_check")
}
