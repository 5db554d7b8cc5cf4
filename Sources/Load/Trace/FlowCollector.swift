/// Sorts packets by flow while a trace is read.
struct FlowCollector {
    /// What tells flows apart: in a capture two endpoints in a fixed order, in a text a name.
    struct Key: Hashable {
        let low: [UInt8]
        let high: [UInt8]
    }

    /// Packets with absolute times, by flow.
    private(set) var flows: [[TrafficTrace.Packet]] = []
    private var places: [Key: (place: Int, opener: [UInt8])] = [:]
    private var count = 0

    /// A payload from one endpoint to another. Whoever sends a flow's first is its client.
    mutating func add(
        from source: [UInt8], to destination: [UInt8], bytes: Int, nanoseconds: UInt64
    ) throws(TraceProblem) {
        let isOrdered = source.lexicographicallyPrecedes(destination)
        let key = Key(low: isOrdered ? source : destination, high: isOrdered ? destination : source)
        let (place, opener) = try find(key, opener: source)
        try append(
            TrafficTrace.Packet(nanoseconds: nanoseconds, bytes: bytes, isDown: source != opener), at: place)
    }

    /// A packet of a named flow.
    mutating func add(_ packet: TrafficTrace.Packet, flow name: some StringProtocol) throws(TraceProblem) {
        let place = try find(Key(low: Array(name.utf8), high: []), opener: []).place
        try append(packet, at: place)
    }

    private mutating func find(_ key: Key, opener: [UInt8]) throws(TraceProblem) -> (place: Int, opener: [UInt8]) {
        if let known = places[key] { return known }
        guard flows.count < TrafficTrace.flowLimit else {
            throw TraceProblem("has more than \(TrafficTrace.flowLimit) flows: filter it")
        }
        let new = (place: flows.count, opener: opener)
        places[key] = new
        flows.append([])
        return new
    }

    private mutating func append(_ packet: TrafficTrace.Packet, at place: Int) throws(TraceProblem) {
        count += 1
        guard count <= TrafficTrace.packetLimit else {
            throw TraceProblem("has more than \(TrafficTrace.packetLimit) packets: cut it to a part")
        }
        guard packet.bytes <= TrafficTrace.payloadBytesMax else {
            throw TraceProblem("has a payload of \(packet.bytes) bytes, more than \(TrafficTrace.payloadBytesMax)")
        }
        flows[place].append(packet)
    }
}
