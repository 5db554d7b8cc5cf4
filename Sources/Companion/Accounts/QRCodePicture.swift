import CQRCode

/// A QR code as an SVG picture: black modules on white, with the quiet zone that scanners need.
enum QRCodePicture {
    /// Modules of white around the code [ISO/IEC 18004: 4].
    static let quietZone = 4
    /// Bytes of text at most; a code with more is too fine for a screen.
    static let bytesMax = 1024

    /// The picture of `text`, or nil when it is too long.
    static func svg(of text: String) -> String? {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= bytesMax, let code = cqrcode_encode(bytes, bytes.count) else { return nil }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        var path = ""
        for row in 0..<width {
            var column = 0
            while column < width {
                guard cqrcode_is_dark(code, Int32(row), Int32(column)) == 1 else {
                    column += 1
                    continue
                }
                let start = column
                while column < width, cqrcode_is_dark(code, Int32(row), Int32(column)) == 1 { column += 1 }
                path += "M\(start + quietZone) \(row + quietZone)h\(column - start)v1h-\(column - start)z"
            }
        }
        let size = width + 2 * quietZone
        return
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(size) \(size)\" shape-rendering=\"crispEdges\">"
            + "<path fill=\"#fff\" d=\"M0 0h\(size)v\(size)H0z\"/><path fill=\"#000\" d=\"\(path)\"/></svg>"
    }
}
