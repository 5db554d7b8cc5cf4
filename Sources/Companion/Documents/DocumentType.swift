/// The type of a document, found by its first bytes; what its name says counts for nothing.
enum DocumentType {
    /// Bytes that are looked at.
    static let headBytes = 4_096
    /// What is nothing else.
    static let unknown = "application/octet-stream"

    static func find(_ head: [UInt8]) -> String {
        for (start, offset, type) in signatures where has(head, start, at: offset) { return type }
        if has(head, "RIFF"), has(head, "WEBP", at: 8) { return "image/webp" }
        if has(head, [0x1a, 0x45, 0xdf, 0xa3]) {
            return contains(head.prefix(64), Array("webm".utf8)) ? "video/webm" : unknown
        }
        if has(head, "ftyp", at: 4) { return isMP4(head) ? "video/mp4" : unknown }
        if has(head, [0x50, 0x4b, 0x03, 0x04]) { return archive(head) }
        return isText(head) ? "text/plain" : unknown
    }

    private static let signatures: [(start: [UInt8], offset: Int, type: String)] = [
        (Array("%PDF-".utf8), 0, "application/pdf"),
        ([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], 0, "image/png"),
        ([0xff, 0xd8, 0xff], 0, "image/jpeg"),
        (Array("GIF87a".utf8), 0, "image/gif"),
        (Array("GIF89a".utf8), 0, "image/gif"),
        // DICOM PS3.10 7.1: a preamble of 128 bytes that may be anything.
        (Array("DICM".utf8), 128, "application/dicom"),
    ]

    /// ISO base media files of the brands that browsers take for MP4.
    private static func isMP4(_ head: [UInt8]) -> Bool {
        ["isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "dash", "M4V ", "MSNV"].contains {
            has(head, $0, at: 8)
        }
    }

    /// What a ZIP archive holds, as the names of its first entries tell.
    private static func archive(_ head: [UInt8]) -> String {
        let office = "application/vnd.openxmlformats-officedocument."
        // OpenDocument 1.3 part 2, 3.3: the first entry is "mimetype", stored as it is.
        if has(head, "mimetypeapplication/vnd.oasis.opendocument.", at: 30) {
            for kind in ["text", "spreadsheet", "presentation", "graphics"]
            where has(head, kind, at: 30 + "mimetypeapplication/vnd.oasis.opendocument.".utf8.count) {
                return "application/vnd.oasis.opendocument." + kind
            }
        }
        guard contains(head[...], Array("[Content_Types].xml".utf8)) else { return "application/zip" }
        for (folder, type) in [
            ("word/", "wordprocessingml.document"), ("xl/", "spreadsheetml.sheet"),
            ("ppt/", "presentationml.presentation"),
        ] where contains(head[...], Array(folder.utf8)) {
            return office + type
        }
        return "application/zip"
    }

    /// UTF-8 without control characters but those of plain text. The last character may be cut.
    private static func isText(_ head: [UInt8]) -> Bool {
        guard !head.isEmpty else { return false }
        guard head.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || [0x09, 0x0a, 0x0d].contains($0) }) else { return false }
        for cut in 0..<min(4, head.count) {
            if String(validating: head.dropLast(cut), as: UTF8.self) != nil { return true }
            if head.count < headBytes { return false }
        }
        return false
    }

    private static func has(_ head: [UInt8], _ text: String, at offset: Int = 0) -> Bool {
        has(head, Array(text.utf8), at: offset)
    }

    private static func has(_ head: [UInt8], _ bytes: [UInt8], at offset: Int = 0) -> Bool {
        head.count >= offset + bytes.count && head[offset..<offset + bytes.count].elementsEqual(bytes)
    }

    private static func contains(_ head: ArraySlice<UInt8>, _ bytes: [UInt8]) -> Bool {
        guard head.count >= bytes.count else { return false }
        return (head.startIndex...head.endIndex - bytes.count).contains {
            head[$0] == bytes[0] && head[$0..<$0 + bytes.count].elementsEqual(bytes)
        }
    }
}
