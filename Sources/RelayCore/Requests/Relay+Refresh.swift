internal import Credentials
internal import STUN

// Refresh [RFC 8656 8.2].
extension Relay {
    mutating func refresh(
        _ request: Request, _ datagram: RawSpan, _ now: Now, _ reply: inout MutableRawSpan
    ) throws(Refused) -> MessageVerdict {
        let slot = try allocation(of: request, now)
        let family = try refreshedFamily(request, datagram, slot)
        let requested: UInt32?
        switch request.index.lifetimeSeconds(in: datagram) {
        case .absent: requested = nil
        case .malformed: throw .malformed("LIFETIME is malformed")
        case .value(let seconds): requested = seconds
        }

        var writer = success(request, &reply)
        if requested == 0 {
            writer.append(.lifetime, uint32: 0, into: &reply)
            delete(slot, family, now)
        } else {
            setLifetime(slot, lifetime(requested: requested), request.identity, now)
            reschedule(slot)
            channelsChanged(slot)
            writer.append(.lifetime, uint32: remainingSeconds(slot, now), into: &reply)
        }
        return succeed(request, &writer, &reply)
    }

    /// REQUESTED-ADDRESS-FAMILY names one address of a dual allocation; nil stands for the whole allocation.
    private func refreshedFamily(
        _ request: Request, _ datagram: RawSpan, _ slot: UInt32
    ) throws(Refused) -> AddressFamily? {
        switch request.index.requestedFamily(in: datagram) {
        case .absent: return nil
        case .malformed: throw .malformed("REQUESTED-ADDRESS-FAMILY is malformed")
        case .value(let number):
            guard let family = AddressFamily(rawValue: number), allocations[slot].relay(family) != noSlot else {
                throw Refused(.peerAddressFamilyMismatch, .addressFamily(number))
            }
            return family
        }
    }

    /// Deletes an allocation, or one of its two addresses.
    private mutating func delete(_ slot: UInt32, _ family: AddressFamily?, _ now: Now) {
        let isDual = allocations[slot].relayIPv4 != noSlot && allocations[slot].relayIPv6 != noSlot
        guard isDual, let family else { return end(slot, .deleted, now) }
        var channel = allocations[slot].firstChannel
        while channel != noSlot {
            let next = channels[channel].next
            if channels[channel].peer.family == family { removeChannel(channel, slot) }
            channel = next
        }
        var permission = allocations[slot].firstPermission
        while permission != noSlot {
            let next = permissions[permission].next
            if permissions[permission].ip.family == family { removePermission(permission, slot) }
            permission = next
        }
        channelsChanged(slot)
        closeRelay(allocations[slot].relay(family))
        if family == .ipv4 { allocations[slot].relayIPv4 = noSlot } else { allocations[slot].relayIPv6 = noSlot }
    }
}
