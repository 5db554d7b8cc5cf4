import STUN

extension ClientFailure {
    /// The failure in one line, the STUN error named, and what to do about it.
    public var advice: String {
        switch self {
        case .credentialsRefused(let code): "\(code): wrong username or password, or an expired credential"
        case .refused(let code):
            switch code {
            case .unauthenticated: "\(code): the relay wants a username and a password"
            case .forbidden: "\(code): the relay's policy denies this peer (see `tern relay policy ADDRESS`)"
            case .allocationMismatch: "\(code): the relay does not know this allocation, or knows another"
            case .allocationQuotaReached: "\(code): this user has as many allocations as allowed; try later"
            case .insufficientCapacity: "\(code): the relay is full or draining; try another relay"
            case .addressFamilyNotSupported: "\(code): the relay has no address of this family"
            default: "\(code)"
            }
        case .unknownAttributes(let types):
            "420 Unknown Attribute: the relay does not know "
                + types.map { "0x" + String($0.rawValue, radix: 16) }.joined(separator: ", ")
        case .tryAlternate(let address?): "300 Try Alternate: use \(address) instead"
        case .tryAlternate(nil): "300 Try Alternate: use another relay"
        case .timedOut: "timed out: no answer; is the port open in the firewall?"
        case .bidDown: "someone on the path removed the offer of SHA-256: do not trust this network"
        case .noCommonAlgorithm: "the relay offers no password algorithm that this client knows"
        case .badCredentials: "the username or password has characters that credentials cannot have"
        case .malformedAnswer: "the relay's answer is incomplete"
        }
    }
}
