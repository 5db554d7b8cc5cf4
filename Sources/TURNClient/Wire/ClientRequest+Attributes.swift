import STUN

extension ClientRequest {
    /// Appends the attributes that the request itself has.
    func append(to writer: inout MessageWriter, into buffer: inout MutableRawSpan) {
        switch self {
        case .binding: break
        case .allocate(let options): options.append(to: &writer, into: &buffer)
        case .refresh(let seconds, let family):
            writer.append(.lifetime, uint32: seconds, into: &buffer)
            if let family { writer.append(.requestedAddressFamily, family: family, into: &buffer) }
        case .createPermission(let peers):
            for peer in peers { writer.append(.xorPeerAddress, xor: peer, into: &buffer) }
        case .channelBind(let channel, let peer):
            writer.append(channelNumber: channel, into: &buffer)
            writer.append(.xorPeerAddress, xor: peer, into: &buffer)
        }
    }
}

extension AllocateOptions {
    fileprivate func append(to writer: inout MessageWriter, into buffer: inout MutableRawSpan) {
        writer.append(requestedTransport: transportProtocol, into: &buffer)
        if let lifetimeSeconds { writer.append(.lifetime, uint32: lifetimeSeconds, into: &buffer) }
        if let family { writer.append(.requestedAddressFamily, family: family, into: &buffer) }
        if asksForBothFamilies { writer.append(.additionalAddressFamily, family: .ipv6, into: &buffer) }
        if let evenPort { writer.append(.evenPort, uint8: evenPort ? 0x80 : 0, into: &buffer) }
        if let reservationToken { writer.append(.reservationToken, uint64: reservationToken, into: &buffer) }
        if asksForDontFragment { writer.append(flag: .dontFragment, into: &buffer) }
    }
}
