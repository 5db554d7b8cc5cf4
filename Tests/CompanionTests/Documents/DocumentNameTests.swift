import Testing

@testable import Companion

@Suite("Names and types of documents")
struct DocumentNameTests {
    @Test(
        "a name keeps what is harmless and loses the rest",
        arguments: [
            ("report.pdf", "report.pdf"), ("Befund März.pdf", "Befund März.pdf"), ("日本語.txt", "日本語.txt"),
            ("../../etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"), ("/", "document"), ("..", "document"),
            ("", "document"), (" . ", "document"), (".bashrc", "bashrc"), ("a\u{0}b\r\nc.txt", "ab  c.txt"),
            ("exe\u{202E}fdp.scr", "exefdp.scr"), ("x\u{200B}y", "xy"), ("C:\\x\\y.doc", "y.doc"),
            ("a<b>\"c|d?e*.txt", "abcde.txt"), ("name. . .", "name"), ("file.txt:stream", "stream"),
            ("%2e%2e%2fx", "%2e%2e%2fx"), ("\u{1F468}\u{200D}\u{1F4BB}.png", "\u{1F468}\u{200D}\u{1F4BB}.png"),
        ])
    func clean(_ given: String, _ kept: String) {
        #expect(DocumentName.clean(given, bytesMax: 255) == kept)
    }

    @Test("a long name is cut between characters and keeps its extension")
    func length() {
        for text in ["x", "é", "日", "\u{1F600}"] {
            let name = DocumentName.clean(String(repeating: text, count: 4_096) + ".dcm", bytesMax: 255)
            #expect(name.utf8.count <= 255 && name.utf8.count > 240 && name.hasSuffix(text + ".dcm"))
        }
        let noDot = DocumentName.clean(String(repeating: "x", count: 400), bytesMax: 255)
        #expect(noDot == String(repeating: "x", count: 255))
    }

    @Test(
        "a type is found by content",
        arguments: [
            ("%PDF-1.7\n", "application/pdf"), ("GIF89a", "image/gif"), ("GIF88a", "text/plain"),
            ("RIFF\u{1}\u{1}\u{1}\u{1}WEBPVP8 ", "image/webp"),
            ("RIFF\u{1}\u{1}\u{1}\u{1}WAVE", "application/octet-stream"),
            ("\u{0}\u{0}\u{0}\u{20}ftypisom", "video/mp4"),
            ("\u{0}\u{0}\u{0}\u{20}ftypheic", "application/octet-stream"),
            ("PK\u{3}\u{4}" + String(repeating: "\u{0}", count: 26) + "x.txt", "application/zip"),
            (
                "PK\u{3}\u{4}" + String(repeating: "\u{0}", count: 26) + "[Content_Types].xml word/document.xml",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            ),
            (
                "PK\u{3}\u{4}" + String(repeating: "\u{0}", count: 26)
                    + "mimetypeapplication/vnd.oasis.opendocument.textPK",
                "application/vnd.oasis.opendocument.text"
            ),
            (String(repeating: "\u{0}", count: 128) + "DICM", "application/dicom"),
            ("<html><script>alert(1)</script>", "text/plain"), ("<svg onload='x'/>", "text/plain"),
            ("Grüße\r\n\tTab", "text/plain"), ("\u{0}", "application/octet-stream"), ("", "application/octet-stream"),
            ("MZ\u{0}\u{1}", "application/octet-stream"),
        ])
    func types(_ head: String, _ type: String) {
        #expect(DocumentType.find(Array(head.utf8)) == type)
    }

    @Test("types whose first bytes are no text")
    func binaryTypes() {
        #expect(DocumentType.find([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) == "image/png")
        #expect(DocumentType.find([0xff, 0xd8, 0xff, 0xe0]) == "image/jpeg")
        #expect(DocumentType.find([0x1a, 0x45, 0xdf, 0xa3, 1] + Array("B\u{2}webm".utf8)) == "video/webm")
        #expect(DocumentType.find([0x1a, 0x45, 0xdf, 0xa3]) == DocumentType.unknown)
        #expect(DocumentType.find([0xff, 0xfe, 0x41]) == DocumentType.unknown)
    }

    @Test("a text whose last character is cut by the limit is a text; every short head has a type")
    func edges() {
        let text = Array(String(repeating: "é", count: 4_000).utf8)
        #expect(DocumentType.find(Array(text[1...].dropFirst().prefix(DocumentType.headBytes - 1))) != "x")
        #expect(DocumentType.find([0x61] + Array(text.prefix(DocumentType.headBytes - 1))) == "text/plain")
        for length in 0..<200 { #expect(!DocumentType.find([UInt8](repeating: 0x50, count: length)).isEmpty) }
    }
}
