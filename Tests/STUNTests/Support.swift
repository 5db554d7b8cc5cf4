import STUN
import TestSupport

/// A message with these attributes, written by hand: the writer cannot make what is malformed.
func handmade(_ attributes: [(type: UInt16, value: [UInt8])], type: UInt16 = 0x0003) -> [UInt8] {
    var body: [UInt8] = []
    for attribute in attributes {
        body += bigEndian(attribute.type) + bigEndian(UInt16(attribute.value.count)) + attribute.value
        while body.count % 4 != 0 { body.append(0) }
    }
    return bigEndian(type) + bigEndian(UInt16(body.count)) + [0x21, 0x12, 0xA4, 0x42] + Array(1...12) + body
}

func bigEndian(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }

func failure(_ bytes: [UInt8]) -> ParseFailure? {
    do {
        _ = try parse(bytes)
        return nil
    } catch {
        return error
    }
}
