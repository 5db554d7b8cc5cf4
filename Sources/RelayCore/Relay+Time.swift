internal import STUN

// What time brings to an end.
extension Relay {
    /// Ends what has expired. At most a queue full of effects per call; `nextDeadline` then is not later than `now`.
    public mutating func tick(now: Now) {
        directory.expireReservations(now: now.monotonic)
        while effects.room >= Limits.effectsPerEnd, let slot = wheel.next(now: now.monotonic, in: &allocations.details)
        {
            if allocations[slot].expiry <= now.monotonic {
                end(slot, reason(slot, now), now)
            } else {
                let channels = allocations[slot].channelCount
                reclaim(slot, now)
                if allocations[slot].channelCount < channels { channelsChanged(slot) }
                reschedule(slot)
            }
        }
    }

    /// When `tick` has something to do: the next whole second while there is anything that can expire.
    ///
    /// Nothing depends on `tick` being punctual: what has expired does not count any more from that very millisecond,
    /// it is only given back later.
    public var nextDeadline: Instant? {
        guard allocations.count > 0 || directory.hasReservations else { return nil }
        return Instant(milliseconds: (wheel.second + 1) * 1000)
    }

    /// Removes channels and permissions that have expired.
    mutating func reclaim(_ slot: UInt32, _ now: Now) {
        var channel = allocations[slot].firstChannel
        while channel != noSlot {
            let next = channels[channel].next
            if channels[channel].expiry <= now.monotonic { removeChannel(channel, slot) }
            channel = next
        }
        var permission = allocations[slot].firstPermission
        while permission != noSlot {
            let next = permissions[permission].next
            if permissions[permission].expiry <= now.monotonic { removePermission(permission, slot) }
            permission = next
        }
    }

    /// Puts an allocation into the wheel where the first thing of it ends.
    mutating func reschedule(_ slot: UInt32) {
        var deadline = allocations[slot].expiry
        var channel = allocations[slot].firstChannel
        while channel != noSlot {
            deadline = min(deadline, channels[channel].expiry)
            channel = channels[channel].next
        }
        var permission = allocations[slot].firstPermission
        while permission != noSlot {
            deadline = min(deadline, permissions[permission].expiry)
            permission = permissions[permission].next
        }
        wheel.schedule(slot, at: deadline, in: &allocations.details)
    }

    /// Makes sure that the wheel looks at an allocation by `deadline`.
    mutating func wake(_ slot: UInt32, by deadline: Instant) {
        if deadline < allocations.details[slot].wheel.deadline {
            wheel.schedule(slot, at: deadline, in: &allocations.details)
        }
    }
}
