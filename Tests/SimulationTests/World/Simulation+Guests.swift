import RelayCore

/// Who may come changes while the relay runs: revocations, and reloads of the directory of users and secrets.
extension Simulation {
    /// Revokes a user, or the id of time-limited credentials, in every loop: their allocations end at once.
    mutating func revoke() throws {
        guard random.chance(30) else { return }
        let username = random.pick(clients).username
        let name = Guests.id(of: username).map(String.init) ?? username
        model.guests.revoked.insert(name)
        for index in loops.indices {
            var expected = 0
            for allocation in model.liveAllocations(now)
            where allocation.loop == index && !model.guests.mayCome(allocation.user)
                && (allocation.user == name || Guests.id(of: allocation.user).map(String.init) == name)
            {
                model.allocations[allocation.tuple]?.mayEnd = .revoked
                expected += 1
            }
            let ended = loops[index].relay.revoke(name, now: present)
            guard ended == expected else { throw Violation("revoking \(name) ends \(ended), not \(expected)") }
            try afterInput(to: index)
        }
        statistics.revocations += 1
    }

    /// Reads the directory again: users are gone or come back, the secret is rotated, revocations are taken back.
    /// Allocations that exist go on; it is the next request that fails.
    mutating func reload() throws {
        var guests = Guests()
        guests.revoked = random.chance(50) ? [] : model.guests.revoked
        if random.chance(40) { guests.users.remove(random.pick(Scenario.users)) }
        switch random.pick(0...3) {
        case 0: guests.hasNextSecret = true
        case 1: (guests.hasSecret, guests.hasNextSecret) = (false, true)
        default: break
        }
        model.guests = guests
        for index in loops.indices {
            loops[index].relay.update(settings: scenario.settings(guests), now: present)
            try afterInput(to: index)
        }
        statistics.reloads += 1
    }
}
