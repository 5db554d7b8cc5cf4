import Foundation
import STUN
import TURNClient

/// Numbered packets between two clients of a relay, through it: round trips, loss, jitter, throughput.
struct RelayMeasurement {
    /// How long after the last packet its echo is awaited, in milliseconds.
    private static let patience: UInt64 = 2_000
    /// Packets under way at once while throughput is measured.
    private static let window = 64
    /// Bytes of each of their payloads.
    static let largePayload = 1_100

    /// One measurement of throughput at a time: two would share what the line carries.
    private static let throughputTurn = NSLock()

    let callerAddress: TransportAddress
    let calleeAddress: TransportAddress
    let packets: Int
    let packetsPerSecond: Int
    let payloadBytes: Int

    /// Sends at the planned rate, echoes at the other end, and notes in `path` what came back. Throws when nothing did
    /// before the connection failed; once packets have passed, that they pass no more is part of the result.
    func relay(
        _ caller: inout ClientDriver, _ callee: inout ClientDriver, _ path: inout PathReport
    ) throws(ClientDriverFailure) {
        var tally = Tally(packets)
        var failure: ClientDriverFailure?
        do throws(ClientDriverFailure) {
            try exchange(&caller, &callee, &tally)
        } catch {
            failure = error
        }
        if let failure, tally.roundTrips.isEmpty { throw failure }
        path.sent = tally.sentAt.count
        path.received = tally.hasArrived.count { $0 }
        path.returned = tally.roundTrips.count
        path.roundTripUs = PathReport.Times(nanoseconds: tally.roundTrips)
        path.jitterUs = tally.jitter.microseconds
        path.diedAfterSeconds = tally.secondsOfLife(isCut: failure != nil)
    }

    private func exchange(
        _ caller: inout ClientDriver, _ callee: inout ClientDriver, _ tally: inout Tally
    ) throws(ClientDriverFailure) {
        let start = ClientClock.nanoseconds
        let interval = 1_000_000_000 / UInt64(packetsPerSecond)
        var deadline = UInt64.max
        while tally.roundTrips.count < packets, ClientClock.milliseconds < deadline {
            while tally.sentAt.count < packets,
                ClientClock.nanoseconds >= start + UInt64(tally.sentAt.count) * interval
            {
                let packet = numbered(tally.sentAt.count, payloadBytes)
                tally.sentAt.append(ClientClock.nanoseconds)
                try RelayMeasurement.send(packet, from: &caller, to: calleeAddress)
                if tally.sentAt.count == packets { deadline = ClientClock.milliseconds + RelayMeasurement.patience }
            }
            for delivery in try callee.takeDeliveries() where delivery.peer == callerAddress {
                guard let number = number(of: delivery.payload), !tally.hasArrived[number] else { continue }
                tally.hasArrived[number] = true
                try RelayMeasurement.send(delivery.payload, from: &callee, to: callerAddress)
            }
            for delivery in try caller.takeDeliveries() where delivery.peer == calleeAddress {
                guard let number = number(of: delivery.payload) else { continue }
                tally.take(number, at: delivery.nanoseconds)
            }
            let sent = tally.sentAt.count
            let next = sent < packets ? (start + UInt64(sent) * interval) / 1_000_000 + 1 : deadline
            _ = ClientClock.wait(on: [caller.socket.descriptor, callee.socket.descriptor], until: next)
        }
    }

    /// What has been sent, and what came of it.
    struct Tally {
        /// Packets lost at the end, of which none was answered, from which on a way counts as dead.
        private static let silenceMin = 10

        var sentAt: [UInt64] = []
        var hasArrived: [Bool]
        private var hasReturned: [Bool]
        private(set) var roundTrips: [UInt64] = []
        private(set) var jitter = Jitter()

        init(_ packets: Int) {
            hasArrived = [Bool](repeating: false, count: packets)
            hasReturned = hasArrived
        }

        /// The packet with this number came back.
        mutating func take(_ number: Int, at time: UInt64) {
            guard number < sentAt.count, !hasReturned[number] else { return }
            hasReturned[number] = true
            roundTrips.append(time - sentAt[number])
            jitter.add(time - sentAt[number])
        }

        /// From the first packet until the last that came back, in seconds, when no later one did and there were more
        /// than chance loses, or the connection was cut; else nil.
        func secondsOfLife(isCut: Bool) -> Double? {
            guard let last = hasReturned.lastIndex(of: true) else { return nil }
            guard isCut || sentAt.count - 1 - last >= Tally.silenceMin else { return nil }
            return Double(sentAt[last] - sentAt[0]) / 1e9
        }
    }

    /// Keeps a window of large packets under way for `seconds`: megabits of payload that arrived per second.
    func throughput(
        _ caller: inout ClientDriver, _ callee: inout ClientDriver, seconds: Double
    ) throws(ClientDriverFailure) -> Double? {
        RelayMeasurement.throughputTurn.lock()
        defer { RelayMeasurement.throughputTurn.unlock() }
        let start = ClientClock.nanoseconds
        let end = start + UInt64(seconds * 1e9)
        let packet = numbered(0, RelayMeasurement.largePayload)
        var underWay = 0
        var bytes = 0
        var heardAt = ClientClock.milliseconds
        while ClientClock.nanoseconds < end {
            while underWay < RelayMeasurement.window {
                try RelayMeasurement.send(packet, from: &caller, to: calleeAddress)
                underWay += 1
            }
            let arrived = try callee.awaitDeliveries(timeoutMilliseconds: 50)
            underWay = max(0, underWay - arrived.count)
            bytes += arrived.reduce(0) { $0 + $1.payload.count }
            if !arrived.isEmpty { heardAt = ClientClock.milliseconds }
            // What has not come by now was lost: begin again.
            if ClientClock.milliseconds > heardAt + 150 {
                underWay = 0
                heardAt = ClientClock.milliseconds
            }
        }
        let spent = Double(ClientClock.nanoseconds - start) / 1e9
        return bytes == 0 ? nil : Double(bytes) * 8 / spent / 1e6
    }

    private static func send(
        _ payload: [UInt8], from client: inout ClientDriver, to peer: TransportAddress
    ) throws(ClientDriverFailure) {
        do throws(ClientSocketFailure) {
            try client.send(payload, to: peer)
        } catch {
            throw .socket(error)
        }
    }

    /// A payload that begins with its number.
    private func numbered(_ number: Int, _ count: Int) -> [UInt8] {
        var payload = [UInt8](repeating: 0x54, count: count)
        for index in 0..<4 { payload[index] = UInt8(truncatingIfNeeded: number >> (24 - 8 * index)) }
        return payload
    }

    private func number(of payload: [UInt8]) -> Int? {
        guard payload.count == payloadBytes else { return nil }
        let number = payload[..<4].reduce(0) { $0 << 8 | Int($1) }
        return number < packets ? number : nil
    }
}

/// The smoothed difference between one packet's time and the next one's [RFC 3550 6.4.1].
struct Jitter {
    private var last: UInt64?
    private var smoothed = 0.0

    /// Takes the next packet's time in nanoseconds.
    mutating func add(_ nanoseconds: UInt64) {
        if let last {
            let difference = abs(Double(nanoseconds) - Double(last))
            smoothed += (difference - smoothed) / 16
        }
        last = nanoseconds
    }

    /// The jitter so far; nil before the first packet.
    var microseconds: Double? { last == nil ? nil : smoothed / 1_000 }
}
