public import STUN

/// What PASSWORD-ALGORITHMS offers, most wanted first [RFC 8489 14.11].
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |         Algorithm 1           | Algorithm 1 Parameters Length |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |         Algorithm 2           | ...
///
/// Neither algorithm has parameters.
public enum PasswordAlgorithmOffer: UInt8, Sendable {
    /// SHA-256, or else MD5.
    case sha256AndMD5
    /// SHA-256 only.
    case sha256

    /// Appends PASSWORD-ALGORITHMS.
    public func append(to writer: inout MessageWriter, into buffer: inout MutableRawSpan) {
        let sha256 = UInt32(PasswordAlgorithm.sha256.rawValue) << 16
        let md5 = UInt32(PasswordAlgorithm.md5.rawValue) << 16
        switch self {
        case .sha256AndMD5:
            writer.append(.passwordAlgorithms, uint64: UInt64(sha256) << 32 | UInt64(md5), into: &buffer)
        case .sha256:
            writer.append(.passwordAlgorithms, uint32: sha256, into: &buffer)
        }
    }

    /// Whether PASSWORD-ALGORITHMS in a request repeats this offer: anything else means that somebody on the way
    /// changed it.
    public func matches(_ value: ByteRange, in datagram: RawSpan) -> Bool {
        let sha256 = UInt32(PasswordAlgorithm.sha256.rawValue) << 16
        let md5 = UInt32(PasswordAlgorithm.md5.rawValue) << 16
        return switch self {
        case .sha256AndMD5:
            value.count == 8 && datagram.uint32(at: value.lowerBound) == sha256
                && datagram.uint32(at: value.lowerBound + 4) == md5
        case .sha256: value.count == 4 && datagram.uint32(at: value.lowerBound) == sha256
        }
    }

    /// Whether the algorithm is one of those offered.
    public func contains(_ algorithm: PasswordAlgorithm) -> Bool {
        self == .sha256AndMD5 || algorithm == .sha256
    }
}

extension PasswordAlgorithm {
    /// The algorithm in PASSWORD-ALGORITHM [RFC 8489 14.12]; nil for others, and for parameters that neither has.
    public init?(_ value: ByteRange, in datagram: RawSpan) {
        guard value.count == 4, datagram.uint16(at: value.lowerBound + 2) == 0 else { return nil }
        self.init(rawValue: datagram.uint16(at: value.lowerBound))
    }

    /// The first algorithm in a server's PASSWORD-ALGORITHMS that is known here; nil when there is none, or when the
    /// list is malformed.
    public static func first(in value: ByteRange, of datagram: RawSpan) -> PasswordAlgorithm? {
        var offset = value.lowerBound
        var found: PasswordAlgorithm?
        while offset < value.upperBound {
            guard offset + 4 <= value.upperBound else { return nil }
            let parameters = Int(datagram.uint16(at: offset + 2))
            if found == nil, parameters == 0 { found = PasswordAlgorithm(rawValue: datagram.uint16(at: offset)) }
            offset += 4 + paddedTo4(parameters)
            guard offset <= paddedTo4(value.upperBound) else { return nil }
        }
        return found
    }

    /// Appends PASSWORD-ALGORITHM.
    public func append(to writer: inout MessageWriter, into buffer: inout MutableRawSpan) {
        writer.append(.passwordAlgorithm, uint32: UInt32(rawValue) << 16, into: &buffer)
    }
}
