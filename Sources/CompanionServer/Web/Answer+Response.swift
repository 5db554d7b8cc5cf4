import HTTPTypes
import Hummingbird

extension Answer {
    /// As the framework sends it.
    func response() -> Response {
        var headers = HTTPFields()
        if let cookie { headers[.setCookie] = cookie }
        switch content {
        case .nothing:
            SecurityHeaders.apply(SecurityHeaders.api, to: &headers)
            return Response(status: .init(code: status), headers: headers)
        case .json(let document):
            SecurityHeaders.apply(SecurityHeaders.api, to: &headers)
            headers[.contentType] = "application/json"
            return Response(
                status: .init(code: status), headers: headers,
                body: .init(byteBuffer: ByteBuffer(string: document.document)))
        case .file(let name, let type, let body):
            SecurityHeaders.apply(SecurityHeaders.attachment, to: &headers)
            headers[.contentType] = type
            headers[.contentDisposition] = "attachment; filename*=UTF-8''" + Self.encoded(name)
            return Response(status: .init(code: status), headers: headers, body: body)
        }
    }

    /// A name as RFC 8187 3.2.1 has it: everything that is not plainly harmless is escaped, so that no name reaches
    /// beyond its place.
    static func encoded(_ name: String) -> String {
        name.utf8.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
    }
}
