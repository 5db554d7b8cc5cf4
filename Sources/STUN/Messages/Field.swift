/// What a message says in one attribute.
@frozen public enum Field<Value> {
    /// The attribute is not there.
    case absent
    /// It is there with a size or a content it cannot have: 400 in a request.
    case malformed
    /// It says this.
    case value(Value)

    /// The value, if there is a well-formed one.
    @inlinable public var value: Value? {
        if case .value(let value) = self { value } else { nil }
    }
}

extension Field: Sendable where Value: Sendable {}
extension Field: Equatable where Value: Equatable {}
