/// The comprehension-required types of a message that this implementation does not know, for UNKNOWN-ATTRIBUTES.
///
/// Room for 8: an answer that named more would only serve to amplify.
public struct UnknownTypes: Sendable {
    private var types: [8 of UInt16]
    /// How many there are, at most 8.
    public private(set) var count: Int

    /// None.
    public init() {
        types = .init(repeating: 0)
        count = 0
    }

    /// Whether there are none.
    public var isEmpty: Bool { count == 0 }

    /// The type at `index`, in the order of the message.
    public subscript(index: Int) -> AttributeType {
        precondition(index < count)
        return AttributeType(rawValue: types[index])
    }

    /// Notes `type`, once, as long as there is room. A server also puts types here that it knows and has turned off.
    public mutating func append(_ type: AttributeType) {
        guard count < 8 else { return }
        for index in 0..<count where types[index] == type.rawValue { return }
        types[count] = type.rawValue
        count += 1
    }
}
