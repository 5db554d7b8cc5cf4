/// Limits in time.
public struct Lifetimes: Sendable, Hashable {
    /// Seconds that an allocation lives whose client asks for no lifetime [RFC 8656 3.2]. Default 600.
    public var allocationDefaultSeconds: UInt32 = 600
    /// The most seconds that a client is granted [RFC 8656 7.2]. Default 3600.
    public var allocationMaximumSeconds: UInt32 = 3600

    /// Seconds that a permission lives [RFC 8656 9].
    public static var permissionSeconds: UInt64 { 300 }
    /// Seconds that a channel binding lives [RFC 8656 12].
    public static var channelSeconds: UInt64 { 600 }
    /// Seconds that a reserved port waits for its RESERVATION-TOKEN [RFC 8656 7.2].
    public static var reservationSeconds: UInt64 { 30 }

    /// The default limits.
    public init() {}
}
