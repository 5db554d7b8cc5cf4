import Credentials
import Foundation
import Synchronization
import Vault

/// The two secrets that relay and companion share, each in a file of its own that only its owner reads: the relay takes
/// credentials made with either, the companion makes them with the current one.
public final class RelaySecrets: Sendable {
    /// Bytes of a secret; the file holds them as hexadecimal digits, which are what the relay computes with.
    static let secretBytes = 32
    /// Bytes that a file of a secret has at most.
    static let fileBytesMax = 4096

    /// The file of the secret that credentials are made with.
    public let currentPath: String
    /// The file of the secret before it.
    public let previousPath: String

    private let used: Mutex<SharedSecret>
    private let surroundings: Surroundings

    /// Reads the secrets in `folder`, and makes those that are missing.
    public init(folder: String, surroundings: Surroundings = .live) throws {
        currentPath = folder + "/relay-secret-current"
        previousPath = folder + "/relay-secret-previous"
        self.surroundings = surroundings
        for path in [currentPath, previousPath] where try DurableFile.read(path, limit: Self.fileBytesMax) == nil {
            try DurableFile.make(path, Self.newLine(surroundings))
        }
        used = Mutex(try Self.read(currentPath))
    }

    /// The secret that credentials are made with now.
    var current: SharedSecret { used.withLock { $0 } }

    /// Makes a new secret the one in the file, and the one in use the previous: the relay may read both from now on.
    /// Credentials are made with the new one after ``adopt()``. When a new one waits already nothing changes, so that
    /// the one in use is never lost.
    func prepare() throws {
        let inUse = current
        guard try Self.read(currentPath).bytes == inUse.bytes else { return }
        try DurableFile.replace(previousPath, inUse.bytes + [UInt8(ascii: "\n")])
        try DurableFile.replace(currentPath, Self.newLine(surroundings))
    }

    /// Makes credentials with the secret in the file, which the relay knows by now.
    func adopt() throws {
        let secret = try Self.read(currentPath)
        used.withLock { $0 = secret }
    }

    private static func newLine(_ surroundings: Surroundings) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return surroundings.random(secretBytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
            + [UInt8(ascii: "\n")]
    }

    private static func read(_ path: String) throws -> SharedSecret {
        let bytes = try DurableFile.read(path, limit: fileBytesMax) ?? []
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard line.count >= 16 else {
            throw VaultFailure.file(path: path, reason: "it holds no secret; delete it, and a new one is made")
        }
        return SharedSecret(bytes: Array(line), label: path)
    }
}
