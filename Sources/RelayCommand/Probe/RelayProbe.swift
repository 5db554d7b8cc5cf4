import STUN
import TURNClient

/// Two clients of one relay that send each other numbered packets through it.
struct RelayProbe: ~Copyable {
    /// What is to be tried.
    struct Plan {
        var user: String
        var password: String
        var trust: CertificateTrust
        var seconds: Double
        var packetsPerSecond: Int
        var payloadBytes: Int

        var packets: Int { max(1, Int(seconds * Double(packetsPerSecond))) }
    }

    /// How long after the last packet its echo is awaited, in milliseconds.
    private static let patience: UInt64 = 2_000
    /// The channel each client binds to the other.
    private static let channel: UInt16 = 0x4000

    private let plan: Plan
    private var caller: ClientDriver
    private var callee: ClientDriver
    private let callerAddress: TransportAddress
    private let calleeAddress: TransportAddress

    /// Probes one URI. What goes wrong is part of the result.
    static func run(_ uri: RelayURI, _ plan: Plan) -> ProbeReport.Path {
        var path = ProbeReport.Path(uri: uri.description, transport: uri.transport.rawValue)
        do throws(ClientDriverFailure) {
            var probe = try RelayProbe(uri, plan)
            path.relayed = probe.callerAddress.description
            try probe.relay(&path)
            probe.finish()
            if path.lost > 0 {
                path.problem =
                    path.received == 0
                    ? "no packet arrived: the relay accepted both channels and forwarded nothing"
                    : "\(path.lost) of \(path.sent) packets lost"
            }
        } catch {
            path.problem = error.description
        }
        return path
    }

    private init(_ uri: RelayURI, _ plan: Plan) throws(ClientDriverFailure) {
        var caller = try RelayProbe.connect(uri, plan)
        var callee = try RelayProbe.connect(uri, plan)
        let callerAddress = try RelayProbe.allocate(&caller)
        let calleeAddress = try RelayProbe.allocate(&callee)
        _ = try caller.perform(.channelBind(channel: RelayProbe.channel, peer: calleeAddress))
        _ = try callee.perform(.channelBind(channel: RelayProbe.channel, peer: callerAddress))
        self.plan = plan
        self.caller = caller
        self.callee = callee
        self.callerAddress = callerAddress
        self.calleeAddress = calleeAddress
    }

    private static func connect(_ uri: RelayURI, _ plan: Plan) throws(ClientDriverFailure) -> ClientDriver {
        do throws(ClientSocketFailure) {
            return try ClientDriver(
                to: uri, ClientSettings(username: plan.user, password: plan.password), trust: plan.trust)
        } catch {
            throw .socket(error)
        }
    }

    private static func allocate(_ client: inout ClientDriver) throws(ClientDriverFailure) -> TransportAddress {
        let options = AllocateOptions()
        guard let relayed = try client.allocate(options).relayed.first else {
            throw .request(.allocate(options), .malformedAnswer)
        }
        return relayed
    }

    /// Sends at the planned rate, echoes at the other end, and measures what comes back.
    private mutating func relay(_ path: inout ProbeReport.Path) throws(ClientDriverFailure) {
        let start = ClientClock.nanoseconds
        let interval = 1_000_000_000 / UInt64(plan.packetsPerSecond)
        var sentAt: [UInt64] = []
        var hasArrived = [Bool](repeating: false, count: plan.packets)
        var hasReturned = hasArrived
        var roundTrips: [UInt64] = []
        var deadline = UInt64.max
        while roundTrips.count < plan.packets, ClientClock.milliseconds < deadline {
            while sentAt.count < plan.packets, ClientClock.nanoseconds >= start + UInt64(sentAt.count) * interval {
                let packet = numbered(sentAt.count)
                sentAt.append(ClientClock.nanoseconds)
                try RelayProbe.send(packet, from: &caller, to: calleeAddress)
                if sentAt.count == plan.packets { deadline = ClientClock.milliseconds + RelayProbe.patience }
            }
            for delivery in try callee.takeDeliveries() where delivery.peer == callerAddress {
                guard let number = number(of: delivery.payload), !hasArrived[number] else { continue }
                hasArrived[number] = true
                try RelayProbe.send(delivery.payload, from: &callee, to: callerAddress)
            }
            for delivery in try caller.takeDeliveries() where delivery.peer == calleeAddress {
                guard let number = number(of: delivery.payload), !hasReturned[number] else { continue }
                hasReturned[number] = true
                roundTrips.append(delivery.nanoseconds - sentAt[number])
            }
            let next =
                sentAt.count < plan.packets ? (start + UInt64(sentAt.count) * interval) / 1_000_000 + 1 : deadline
            _ = ClientClock.wait(on: [caller.socket.descriptor, callee.socket.descriptor], until: next)
        }
        path.sent = sentAt.count
        path.received = hasArrived.count { $0 }
        path.returned = roundTrips.count
        path.roundTrip = ProbeReport.RoundTrip(nanoseconds: roundTrips)
    }

    /// Gives the allocations back; whether that is answered does not matter.
    private mutating func finish() {
        _ = try? caller.perform(.refresh(lifetimeSeconds: 0, family: nil), timeoutMilliseconds: 500)
        _ = try? callee.perform(.refresh(lifetimeSeconds: 0, family: nil), timeoutMilliseconds: 500)
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
    private func numbered(_ number: Int) -> [UInt8] {
        var payload = [UInt8](repeating: 0x54, count: plan.payloadBytes)
        for index in 0..<4 { payload[index] = UInt8(truncatingIfNeeded: number >> (24 - 8 * index)) }
        return payload
    }

    private func number(of payload: [UInt8]) -> Int? {
        guard payload.count == plan.payloadBytes else { return nil }
        let number = payload[..<4].reduce(0) { $0 << 8 | Int($1) }
        return number < plan.packets ? number : nil
    }
}
