public import STUN

// Send indications [RFC 8656 11.2], and ICMP errors on their way back [11.5].
extension Relay {
    mutating func sendIndication(
        _ datagram: RawSpan, _ index: MessageIndex, _ client: FiveTuple, _ now: Now
    ) -> MessageVerdict {
        guard let slot = allocations.find(client), allocations[slot].expiry > now.monotonic else {
            return drop(.noAllocation)
        }
        guard unknownAttributes(index).isEmpty, let payload = index.data,
            let peer = index.peerAddress(in: datagram).value
        else { return .drop(dropped(.badIndication, slot)) }
        let relay = allocations[slot].relay(peer.family)
        guard relay != noSlot else { return .drop(dropped(.peerAddressFamily, slot)) }
        guard let permission = permissions.find(slot, peer.ip), permissions[permission].expiry > now.monotonic else {
            return .drop(dropped(.noPermission, slot))
        }
        guard peer.port != 0 else { return .drop(dropped(.peerDenied, slot)) }

        // The DF bit is for IPv4 on both sides, or where the client's side is a stream [RFC 8656 13, 14, 15].
        let carries = client.transport.isStream || client.client.family == .ipv4
        let verdict = send(
            to: peer, permissions[permission].flags, from: slot, over: relay,
            dontFragment: index.dontFragment != nil && carries && peer.family == .ipv4, 1, Int(payload.count), now)
        if case .drop(let reason) = verdict { return .drop(reason) }
        return .send(verdict, payload: payload)
    }

    private mutating func dropped(_ reason: DropReason, _ slot: UInt32) -> DropReason {
        count.count(reason)
        allocations[slot].dropped &+= 1
        return reason
    }

    /// An ICMP error that a packet from relay slot `relay` to `peer` has caused [RFC 8656 11.5].
    ///
    /// - Parameters:
    ///   - error: type and code as in the ICMP message; `data` is the next hop's MTU where there is one.
    ///   - peer: where the packet went: the permission for it is what counts, not who sent the error.
    ///   - relay: the relay slot.
    ///   - now: the present.
    ///   - buffer: where a Data indication is written to: `replyByteCount` bytes.
    public mutating func peerUnreachable(
        _ error: ICMPValue, from peer: TransportAddress, on relay: UInt32, now: Now, into buffer: inout MutableRawSpan
    ) -> ICMPVerdict {
        guard relays.isOpen(relay) else { return .drop(counted(.noRelay)) }
        let slot = relays[relay].allocation
        guard allocations[slot].expiry > now.monotonic else { return .drop(counted(.noAllocation)) }
        // Destination unreachable and time exceeded; for IPv6 packet too big besides.
        let isHandedOn: Bool
        switch peer.family {
        case .ipv4: isHandedOn = error.type == 3 || error.type == 11
        case .ipv6: isHandedOn = 1...3 ~= error.type
        }
        guard isHandedOn else { return .drop(dropped(.icmpIgnored, slot)) }
        guard let permission = permissions.find(slot, peer.ip), permissions[permission].expiry > now.monotonic else {
            return .drop(dropped(.noPermission, slot))
        }
        let size = DataIndication.writeICMP(
            peer: peer, error: error, transactionID: tokens.nextTransactionID(), into: &buffer)
        count.icmpIndications &+= 1
        return .indication(size, allocations[slot].route)
    }

    private mutating func counted(_ reason: DropReason) -> DropReason {
        count.count(reason)
        return reason
    }
}
