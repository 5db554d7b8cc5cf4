import CLinux
import Integrity

/// Random bytes that are looked for: nobody has them by chance.
struct Needle: Sendable, Hashable {
    /// Long enough that it is found nowhere unless it was put there.
    static let byteCount = 16

    let bytes: [UInt8]

    /// New ones.
    init() { bytes = SecureRandom.bytes(Needle.byteCount) }

    /// Whether they are among `bytes`.
    func isIn(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { place(in: $0) != nil }
    }

    /// Where they first begin.
    func place(in bytes: UnsafeRawBufferPointer) -> Int? {
        let place = clinux_find(bytes.baseAddress, bytes.count, self.bytes, self.bytes.count)
        return place < 0 ? nil : Int(place)
    }

    /// How often they are there, overlaps aside.
    func count(in bytes: UnsafeRawBufferPointer) -> UInt64 {
        var count: UInt64 = 0
        var rest = bytes
        while let place = place(in: rest) {
            count += 1
            rest = UnsafeRawBufferPointer(rebasing: rest[(place + Needle.byteCount)...])
        }
        return count
    }
}

/// What is planted: `secret` in what is encrypted, so that it must be found nowhere; `open` in what is sent in clear
/// on purpose, so that it must be found wherever is looked.
struct Needles: Sendable {
    let secret = Needle()
    let open = Needle()

    /// Begins a datagram in clear: neither STUN, ChannelData, DTLS nor RTP [RFC 7983].
    private static let openFirstByte: UInt8 = 0xF0
    private static let openRepetitions = 8

    /// A datagram that is sent in clear on purpose.
    var openDatagram: [UInt8] {
        [UInt8](repeating: Needles.openFirstByte, count: 8)
            + repeatElement(open.bytes, count: Needles.openRepetitions).joined()
    }

    /// Payload bytes full of the secret.
    func secretBytes(_ count: Int) -> [UInt8] {
        (0..<count).map { secret.bytes[$0 % Needle.byteCount] }
    }
}

/// How often each was found.
struct NeedleCounts: Sendable, Equatable {
    /// Datagrams, frames or bytes that were looked at.
    var seen: UInt64 = 0
    /// Of these, where the secret was.
    var secret: UInt64 = 0
    /// Where that was in clear on purpose.
    var open: UInt64 = 0

    static func + (left: NeedleCounts, right: NeedleCounts) -> NeedleCounts {
        NeedleCounts(
            seen: left.seen + right.seen, secret: left.secret + right.secret, open: left.open + right.open)
    }

    /// Looks at one datagram.
    mutating func look(at datagram: [UInt8], for needles: Needles) {
        seen += 1
        if needles.secret.isIn(datagram) { secret += 1 }
        if needles.open.isIn(datagram) { open += 1 }
    }
}
