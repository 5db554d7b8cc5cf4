import Foundation

/// What `/readyz` answers: whether to send this relay more clients, and how much room it has, for load balancers
/// and DNS steering.
struct HealthReport: Codable, Sendable, Equatable {
    /// Whether new clients are welcome: neither draining nor full.
    var ready: Bool
    /// Why not, in words; absent when ready.
    var reason: String?
    /// Capacity taken, 0 to 1.
    var load: Double
    /// Relay ports left.
    var portsFree: Int
    /// Relay ports there are.
    var portsTotal: Int
    /// Allocations now.
    var allocations: Int
    /// Whether new allocations are refused because the relay is to end.
    var draining: Bool

    init(_ status: RelayStatus) {
        load = min(max(status.load, 0), 1).rounded(toPlaces: 4)
        portsFree = status.portsFree
        portsTotal = status.portsTotal
        allocations = status.allocations
        draining = status.isDraining
        reason =
            if draining {
                "draining"
            } else if portsFree == 0 {
                "no relay port is free"
            } else if load >= 1 {
                "at capacity"
            } else {
                nil
            }
        ready = reason == nil
    }

    var json: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return (try? encoder.encode(self)) ?? Data()
    }
}
