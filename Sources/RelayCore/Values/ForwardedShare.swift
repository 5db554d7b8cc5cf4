/// Which part of an allocation's datagrams somebody else has forwarded lately.
public enum ForwardedShare: UInt8, BitwiseCopyable, Sendable {
    /// None to speak of: they have all come through the relay's own data path, or nearly all.
    case none
    /// Some: the others have come through the relay's own data path.
    case part
    /// All but those that go up to the relay on purpose.
    case most
}
