import FuzzDriver
import Integrity
import STUN

@main enum FuzzSTUN {
    static func main() { runFuzzer(fuzz) }
}

/// Any datagram is either refused or indexed; every field of it can be asked for, and what was indexed lies inside.
private func fuzz(_ datagram: RawSpan) {
    guard let index = try? MessageIndex.parse(datagram) else { return }
    precondition(index.byteCount == datagram.byteCount && index.attributesEnd <= datagram.byteCount)

    var cursor = index.attributes
    while let attribute = cursor.next(in: datagram) {
        precondition(attribute.value.upperBound <= index.attributesEnd)
        _ = datagram.extracting(attribute.value.range).text()
        _ = index.xorAddress(attribute.value, in: datagram)
        _ = index.plainAddress(attribute.value, in: datagram).value?.description
    }
    _ = index.lifetimeSeconds(in: datagram)
    _ = index.transportProtocol(in: datagram)
    _ = index.requestedFamily(in: datagram)
    _ = index.additionalFamily(in: datagram)
    _ = index.reservesNextPort(in: datagram)
    _ = index.reservationTokenValue(in: datagram)
    _ = index.channel(in: datagram)
    _ = index.connection(in: datagram)
    _ = index.peerAddress(in: datagram)
    _ = index.reflexiveAddress(in: datagram)
    _ = index.relayedAddress(in: datagram)
    _ = index.error(in: datagram).value?.description
    _ = index.addressError(in: datagram)
    _ = index.icmpError(in: datagram)
    for position in 0..<index.unknownRequired.count {
        precondition(index.unknownRequired[position].isComprehensionRequired)
    }
    rebuild(index, datagram)
}

/// The attributes that count, written again, are read again the same.
private func rebuild(_ index: MessageIndex, _ datagram: RawSpan) {
    var bytes = [UInt8](repeating: 0xEE, count: datagram.byteCount)
    var elements = bytes.mutableSpan
    var buffer = elements.mutableBytes
    var writer = MessageWriter(index.type, index.transactionID, into: &buffer)
    var cursor = index.attributes
    while let attribute = cursor.next(in: datagram) {
        writer.append(attribute.type, datagram.extracting(attribute.value.range), into: &buffer)
    }
    precondition(!writer.overflowed && writer.count == index.attributesEnd)
    let again = try! MessageIndex.parse(buffer.bytes.extracting(0..<writer.count))
    precondition(again.type == index.type && again.transactionID == index.transactionID)
    precondition(again.username == index.username && again.xorPeerAddress == index.xorPeerAddress)
    precondition(again.unknownRequired.count == index.unknownRequired.count)
}
