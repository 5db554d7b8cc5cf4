/// What a message asks for or answers: 12 bits [RFC 8489 18.2, RFC 8656 17, RFC 6062 6.1].
@frozen public struct Method: RawRepresentable, Hashable, Sendable {
    /// The method's number.
    public let rawValue: UInt16

    /// The method with this number.
    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Binding [RFC 8489].
    @inlinable public static var binding: Method { Method(rawValue: 0x001) }
    /// Allocate [RFC 8656 7].
    @inlinable public static var allocate: Method { Method(rawValue: 0x003) }
    /// Refresh [RFC 8656 8].
    @inlinable public static var refresh: Method { Method(rawValue: 0x004) }
    /// Send, an indication [RFC 8656 11].
    @inlinable public static var send: Method { Method(rawValue: 0x006) }
    /// Data, an indication [RFC 8656 11].
    @inlinable public static var data: Method { Method(rawValue: 0x007) }
    /// CreatePermission [RFC 8656 10].
    @inlinable public static var createPermission: Method { Method(rawValue: 0x008) }
    /// ChannelBind [RFC 8656 12].
    @inlinable public static var channelBind: Method { Method(rawValue: 0x009) }
    /// Connect [RFC 6062 4.3].
    @inlinable public static var connect: Method { Method(rawValue: 0x00A) }
    /// ConnectionBind [RFC 6062 4.3].
    @inlinable public static var connectionBind: Method { Method(rawValue: 0x00B) }
    /// ConnectionAttempt, an indication [RFC 6062 4.4].
    @inlinable public static var connectionAttempt: Method { Method(rawValue: 0x00C) }
}

extension Method: CustomStringConvertible {
    /// The method's name in the RFCs, or its number.
    public var description: String {
        switch self {
        case .binding: "Binding"
        case .allocate: "Allocate"
        case .refresh: "Refresh"
        case .send: "Send"
        case .data: "Data"
        case .createPermission: "CreatePermission"
        case .channelBind: "ChannelBind"
        case .connect: "Connect"
        case .connectionBind: "ConnectionBind"
        case .connectionAttempt: "ConnectionAttempt"
        default: "method 0x" + String(rawValue, radix: 16)
        }
    }
}

/// What kind of message it is: 2 bits [RFC 8489 5].
@frozen public enum MessageClass: UInt8, Sendable, Hashable {
    /// Asks and expects an answer.
    case request = 0b00
    /// Tells and expects nothing.
    case indication = 0b01
    /// Answers a request that was carried out.
    case success = 0b10
    /// Answers a request that was not.
    case error = 0b11
}

/// Method and class, interleaved in the first 16 bits of a message [RFC 8489 5, Figure 3].
///
///      0                 1
///      2  3  4 5 6 7 8 9 0 1 2 3 4 5
///     +--+--+-+-+-+-+-+-+-+-+-+-+-+-+
///     |M |M |M|M|M|C|M|M|M|C|M|M|M|M|
///     |11|10|9|8|7|1|6|5|4|0|3|2|1|0|
///     +--+--+-+-+-+-+-+-+-+-+-+-+-+-+
@frozen public struct MessageType: Hashable, Sendable {
    /// What it is about.
    public let method: Method
    /// Request, indication, success or error.
    public let messageClass: MessageClass

    /// The type of a message of this method and class.
    @inlinable
    public init(_ method: Method, _ messageClass: MessageClass) {
        self.method = method
        self.messageClass = messageClass
    }

    /// The type that stands in a message's first 16 bits; the upper two, which are zero, are not looked at.
    @inlinable
    public init(rawValue: UInt16) {
        method = Method(rawValue: rawValue & 0xF | rawValue &>> 1 & 0x70 | rawValue &>> 2 & 0xF80)
        switch rawValue & 0x110 {
        case 0x000: messageClass = .request
        case 0x010: messageClass = .indication
        case 0x100: messageClass = .success
        default: messageClass = .error
        }
    }

    /// The 14 bits that go on the wire.
    @inlinable public var rawValue: UInt16 {
        let bits = method.rawValue
        let kind = UInt16(messageClass.rawValue)
        return bits & 0xF | (bits & 0x70) &<< 1 | (bits & 0xF80) &<< 2 | (kind & 1) &<< 4 | (kind & 2) &<< 7
    }
}

extension MessageType: CustomStringConvertible {
    /// As in "Allocate request".
    public var description: String { "\(method) \(messageClass)" }
}

/// The 96 bits that tie an answer to its request [RFC 8489 5].
@frozen public struct TransactionID: Hashable, Sendable {
    /// The first 32 bits.
    public let high: UInt32
    /// The last 64 bits.
    public let low: UInt64

    /// The identifier with these bits.
    @inlinable
    public init(high: UInt32, low: UInt64) {
        self.high = high
        self.low = low
    }
}

extension TransactionID: CustomStringConvertible {
    /// 24 hexadecimal digits.
    public var description: String {
        func digits(_ value: UInt64, _ width: Int) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: width - text.count) + text
        }
        return digits(UInt64(high), 8) + digits(low, 16)
    }
}
