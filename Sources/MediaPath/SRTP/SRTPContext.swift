internal import CSRTP

/// Protects or opens the packets of one direction.
struct SRTPContext: ~Copyable {
    enum Direction {
        case inbound
        case outbound
    }

    /// Why a packet was not opened.
    enum Failure: Error, Equatable {
        case authentication
        case replay
        case other
    }

    /// Packets among which a repetition is recognised [RFC 3711 3.3.2 wants 64 at least].
    static let replayWindow: UInt = 1_024

    private let handle: UnsafeMutableRawPointer

    /// Nil when the library does not know the profile. `masterKey` has the salt behind it.
    init?(_ profile: SRTPProfile, masterKey: [UInt8], direction: Direction) {
        precondition(masterKey.count == SRTPProfile.keyByteCount + profile.saltByteCount)
        guard
            let handle = csrtp_make(
                profile.number, masterKey, direction == .outbound ? 1 : 0, SRTPContext.replayWindow)
        else { return nil }
        self.handle = handle
    }

    deinit { csrtp_free(handle) }

    /// The protected form of an RTP packet; nil when the library refuses it.
    borrowing func protect(_ packet: [UInt8]) -> [UInt8]? {
        var bytes = packet
        bytes.append(contentsOf: repeatElement(0, count: Int(CSRTP_TRAILER_BYTES)))
        var count = Int32(packet.count)
        guard csrtp_protect(handle, &bytes, &count) == CSRTP_OK else { return nil }
        bytes.removeLast(bytes.count - Int(count))
        return bytes
    }

    /// The RTP packet in a protected one.
    borrowing func open(_ packet: [UInt8]) throws(Failure) -> [UInt8] {
        var bytes = packet
        var count = Int32(packet.count)
        switch Int(csrtp_unprotect(handle, &bytes, &count)) {
        case CSRTP_OK: break
        case CSRTP_AUTHENTICATION_FAILED: throw .authentication
        case CSRTP_REPLAYED, CSRTP_TOO_OLD: throw .replay
        default: throw .other
        }
        bytes.removeLast(bytes.count - Int(count))
        return bytes
    }
}
