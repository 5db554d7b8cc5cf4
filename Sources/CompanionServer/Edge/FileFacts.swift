import Foundation

/// What the file system says of a file. (`stat` itself comes with whichever C module includes it first.)
struct FileFacts: Equatable {
    let device: UInt64
    let node: UInt64
    let bytes: UInt64
    let changed: Date
    let permissions: UInt16
    let owner: UInt32
    let isFolder: Bool
    let isSocket: Bool

    /// Of what is at `path`; nil when nothing is, or nothing can be seen. `followsLinks`: of what a link leads to.
    init?(_ path: String, followsLinks: Bool = false) {
        let path = followsLinks ? URL(filePath: path).resolvingSymlinksInPath().path : path
        guard let facts = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
        func number(_ key: FileAttributeKey) -> UInt64 { (facts[key] as? NSNumber)?.uint64Value ?? 0 }
        device = number(.systemNumber)
        node = number(.systemFileNumber)
        bytes = number(.size)
        changed = facts[.modificationDate] as? Date ?? .distantPast
        permissions = UInt16(truncatingIfNeeded: number(.posixPermissions))
        owner = UInt32(truncatingIfNeeded: number(.ownerAccountID))
        isFolder = facts[.type] as? FileAttributeType == .typeDirectory
        isSocket = facts[.type] as? FileAttributeType == .typeSocket
    }

    /// Whether both are of one file, as it is now.
    func isSameFile(as other: FileFacts) -> Bool { device == other.device && node == other.node }
}
