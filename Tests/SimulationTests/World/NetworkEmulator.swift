/// A network without sockets: what goes in comes out later, twice, out of order, or never.
///
/// Time is whatever the caller says. Streams keep their order and lose nothing.
struct NetworkEmulator<Item> {
    /// What the network does to datagrams; times are in milliseconds.
    struct Conditions {
        var lossPercent = 0
        var duplicationPercent = 0
        var delay = 1...1
    }

    let conditions: Conditions
    private var queue = EventQueue<Item>()
    private var streamTails: [Int: UInt64] = [:]

    init(_ conditions: Conditions) { self.conditions = conditions }

    /// When the next item comes out.
    var nextArrival: UInt64? { queue.nextTime }

    /// Sends a datagram.
    mutating func send(_ item: Item, at now: UInt64, using random: inout Randomness) {
        if random.chance(conditions.lossPercent) { return }
        queue.insert(item, at: now + delay(&random))
        if random.chance(conditions.duplicationPercent) { queue.insert(item, at: now + delay(&random)) }
    }

    /// Sends a message in a stream.
    mutating func send(_ item: Item, inStream stream: Int, at now: UInt64, using random: inout Randomness) {
        let arrival = max(now + delay(&random), streamTails[stream] ?? 0)
        streamTails[stream] = arrival
        queue.insert(item, at: arrival)
    }

    /// The next item that has come out by `now`.
    mutating func receive(at now: UInt64) -> Item? { queue.removeFirst(until: now) }

    private func delay(_ random: inout Randomness) -> UInt64 { UInt64(random.pick(conditions.delay)) }
}

/// Items by time, and in the order of their insertion when their time is the same: a binary heap.
struct EventQueue<Item> {
    private struct Entry {
        let time: UInt64
        let sequence: UInt64
        let item: Item

        func isBefore(_ other: Entry) -> Bool { (time, sequence) < (other.time, other.sequence) }
    }

    private var entries: [Entry] = []
    private var sequence: UInt64 = 0

    var nextTime: UInt64? { entries.first?.time }

    mutating func insert(_ item: Item, at time: UInt64) {
        sequence += 1
        entries.append(Entry(time: time, sequence: sequence, item: item))
        var child = entries.count - 1
        while child > 0, entries[child].isBefore(entries[(child - 1) / 2]) {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeFirst(until now: UInt64) -> Item? {
        guard let first = entries.first, first.time <= now else { return nil }
        let last = entries.removeLast()
        if !entries.isEmpty {
            entries[0] = last
            var parent = 0
            while true {
                var least = parent
                for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
                    if entries[child].isBefore(entries[least]) { least = child }
                }
                if least == parent { break }
                entries.swapAt(parent, least)
                parent = least
            }
        }
        return first.item
    }
}
