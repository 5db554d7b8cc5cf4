internal import STUN

/// What an Allocate asks for, once it is known to be well-formed.
struct AllocatePlan {
    /// Family of the first relayed address.
    var family: AddressFamily
    /// Whether an IPv6 address is wanted besides [RFC 8656 7.2, ADDITIONAL-ADDRESS-FAMILY].
    var wantsBoth: Bool
    /// EVEN-PORT.
    var evenPort: Bool
    /// The R bit of EVEN-PORT.
    var reservesNext: Bool
    /// RESERVATION-TOKEN.
    var token: UInt64?
    /// LIFETIME.
    var lifetime: UInt32?

    /// Checks a request in the order of RFC 8656 7.2.
    init(_ index: MessageIndex, _ datagram: RawSpan, serves: (AddressFamily) -> Bool) throws(Refused) {
        // 3. UDP is the one protocol that is relayed.
        switch index.transportProtocol(in: datagram) {
        case .absent: throw .malformed("REQUESTED-TRANSPORT is missing")
        case .malformed: throw .malformed("REQUESTED-TRANSPORT is malformed")
        case .value(17): break
        case .value(let number): throw Refused(.unsupportedTransport, .transportProtocol(number))
        }

        // 4. DONT-FRAGMENT asks whether the DF bit can be set. It can.

        // 5. A reserved address is what it is.
        if index.reservationToken != nil {
            guard index.evenPort == nil, index.requestedAddressFamily == nil, index.additionalAddressFamily == nil
            else {
                throw .malformed("RESERVATION-TOKEN together with EVEN-PORT or an address family")
            }
        }
        switch index.reservationTokenValue(in: datagram) {
        case .absent: token = nil
        case .malformed: throw .malformed("RESERVATION-TOKEN is malformed")
        case .value(let value): token = value
        }

        // 6. One family or both.
        if index.requestedAddressFamily != nil, index.additionalAddressFamily != nil {
            throw .malformed("REQUESTED-ADDRESS-FAMILY together with ADDITIONAL-ADDRESS-FAMILY")
        }

        // 7. The family, IPv4 unless told otherwise.
        switch index.requestedFamily(in: datagram) {
        case .absent: family = .ipv4
        case .malformed: throw .malformed("REQUESTED-ADDRESS-FAMILY is malformed")
        case .value(let number):
            guard let known = AddressFamily(rawValue: number) else {
                throw Refused(.addressFamilyNotSupported, .addressFamily(number))
            }
            family = known
        }

        // 8. Ports.
        switch index.reservesNextPort(in: datagram) {
        case .absent:
            evenPort = false
            reservesNext = false
        case .malformed: throw .malformed("EVEN-PORT is malformed")
        case .value(let reserves):
            evenPort = true
            reservesNext = reserves
            if reserves, index.additionalAddressFamily != nil {
                throw .malformed("EVEN-PORT with the R bit together with ADDITIONAL-ADDRESS-FAMILY")
            }
        }

        // 9. The second family can only be IPv6.
        switch index.additionalFamily(in: datagram) {
        case .absent: wantsBoth = false
        case .value(AddressFamily.ipv6.rawValue): wantsBoth = true
        default: throw .malformed("ADDITIONAL-ADDRESS-FAMILY is not IPv6")
        }

        switch index.lifetimeSeconds(in: datagram) {
        case .absent: lifetime = nil
        case .malformed: throw .malformed("LIFETIME is malformed")
        case .value(let seconds): lifetime = seconds
        }

        // With both wanted one suffices; ADDRESS-ERROR-CODE then says what is missing.
        let isServed = token != nil || serves(family) || wantsBoth && serves(.ipv6)
        guard isServed else { throw Refused(.addressFamilyNotSupported, .addressFamily(family.rawValue)) }
    }
}

/// An Allocate that waits for its sockets: between `openRelays` and `finishAllocate`.
struct PendingAllocate {
    let request: Request
    let allocation: UInt32
    /// Whether the port beside the first one was asked for.
    let reservesNext: Bool
    /// The port that RESERVATION-TOKEN stood for.
    let reserved: TransportAddress?
    /// Sockets that have not been answered for.
    var unanswered: Int
    /// Why a socket could not be opened.
    var failure: RelayFailure?
}
