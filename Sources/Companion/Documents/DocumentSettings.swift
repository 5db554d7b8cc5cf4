/// Knobs of documents.
public struct DocumentSettings: Sendable, Hashable {
    /// Bytes of one document.
    public var bytesMax: Int64 = 1 << 30
    /// Bytes of all documents that one person has shared.
    public var bytesPerPersonMax: Int64 = 20 << 30
    /// Bytes of all documents of one room.
    public var bytesPerRoomMax: Int64 = 50 << 30
    /// Uploads and downloads at the same time; each takes a thread while it writes or reads a piece.
    public var transfersMax = 48
    /// Of those, so many by one person.
    public var transfersPerPersonMax = 6
    /// Bytes of a name.
    public var nameBytesMax = 255

    /// The defaults.
    public init() {}
}
