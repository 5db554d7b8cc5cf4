import CResolver
import Foundation
import STUN
import Synchronization
import TURNClient

/// What the name system says about a host: its addresses as applications get them, and the records that lead to relays.
public struct NameFacts: Codable, Equatable, Sendable {
    /// The name; an address needs no look-up.
    public var host: String
    /// Its addresses as the system's resolver gives them.
    public var addresses: [String] = []
    /// What a query for A, AAAA, SRV and NAPTR records brought: records, or why there are none.
    public var records: [String: [String]] = [:]
    /// Other ways to the relay that SRV and NAPTR records name [RFC 5928]: URIs.
    public var services: [String] = []
    /// Why there is no address.
    public var blocker: Blocker?
    /// The same in a line.
    public var problem: String?
}

/// Asks the name system about one host.
enum NameLookup {
    /// Seconds after which a name server is asked again.
    private static let queryTimeout: Int32 = 1
    /// Seconds that all look-ups of one name may take together.
    private static let patience = 8.0

    /// What the name system says, and the addresses.
    static func facts(of host: String, port: UInt16) -> (NameFacts, [TransportAddress]) {
        var facts = NameFacts(host: host)
        if let ip = IPAddress(host) {
            facts.addresses = [ip.description]
            return (facts, [TransportAddress(ip: ip, port: port)])
        }
        let queries: [(label: String, name: String, type: Int)] = [
            ("A", host, CRESOLVER_A), ("AAAA", host, CRESOLVER_AAAA), ("NAPTR", host, CRESOLVER_NAPTR),
            ("SRV _turn._udp", "_turn._udp.\(host)", CRESOLVER_SRV),
            ("SRV _turn._tcp", "_turn._tcp.\(host)", CRESOLVER_SRV),
            ("SRV _turns._tcp", "_turns._tcp.\(host)", CRESOLVER_SRV),
        ]
        let answers = Answers()
        let group = DispatchGroup()
        for (index, query) in queries.enumerated() {
            inBackground(group) { answers.set(index, ask(query.name, query.type)) }
        }
        inBackground(group) {
            answers.resolved(
                Result { () throws(ClientSocketFailure) in
                    try ClientSocket.addresses(of: host, port: port)
                })
        }
        _ = group.wait(timeout: .now() + patience)

        let (found, resolved) = answers.all
        for (index, query) in queries.enumerated() {
            facts.records[query.label] = found[index].map { text($0) } ?? ["no answer"]
        }
        let listed = PointerLookup.services(of: found[2]?.records ?? [], host: host, ask: ask)
        let services = services(of: queries.indices.map { found[$0]?.records ?? [] })
        facts.services = listed + services.filter { !listed.contains($0) }
        var addresses: [TransportAddress] = []
        switch resolved {
        case .success(let list)?: addresses = list
        case .failure, nil:
            let outcomes = [found[0], found[1]]
            let exists = !outcomes.contains { $0 == nil || $0!.failure == .some(Int32(CRESOLVER_TRY_AGAIN)) }
            facts.blocker = exists ? .noSuchName : .dnsFailing
            facts.problem =
                exists
                ? "the name \(host) has no address" : "no name server answers: \(host) cannot be resolved"
        }
        facts.addresses = addresses.map(\.ip.description)
        return (facts, addresses)
    }

    /// What one query came to.
    struct Outcome: Sendable {
        var records: [DNSRecord] = []
        /// One of CRESOLVER's outcomes; nil when there was an answer.
        var failure: Int32?
    }

    static func ask(_ name: String, _ type: Int) -> Outcome {
        var answer = [UInt8](repeating: 0, count: 4_096)
        let count = cresolver_query(name, Int32(type), queryTimeout, &answer, Int32(answer.count))
        guard count > 0 else { return Outcome(failure: count) }
        guard let records = DNSMessage.records(in: Array(answer[..<Int(count)])) else {
            return Outcome(failure: Int32(CRESOLVER_FAILED))
        }
        return Outcome(records: records)
    }

    private static func text(_ outcome: Outcome) -> [String] {
        switch outcome.failure.map(Int.init) {
        case nil: outcome.records.map { $0.description }
        case CRESOLVER_NO_NAME: ["no such name"]
        case CRESOLVER_NO_DATA: []
        case CRESOLVER_TRY_AGAIN: ["no answer"]
        case CRESOLVER_UNAVAILABLE: ["no resolver"]
        default: ["refused"]
        }
    }

    /// The URIs that SRV records name, in the order of their priority [RFC 5928 3].
    static func services(of answers: [[DNSRecord]]) -> [String] {
        let kinds: [(index: Int, transport: RelayURI.Transport)] = [(3, .udp), (4, .tcp), (5, .tls)]
        return kinds.flatMap { index, transport in services(in: answers[index], transport) }
    }

    /// The URIs that SRV records for one transport name, in the order of their priority.
    static func services(in records: [DNSRecord], _ transport: RelayURI.Transport) -> [String] {
        let found = records.compactMap { record -> (UInt16, RelayURI)? in
            guard case .service(let priority, _, let port, let target) = record, !target.isEmpty else { return nil }
            return (priority, RelayURI(host: target, port: port, transport: transport))
        }
        return found.sorted { $0.0 < $1.0 }.map(\.1.description)
    }

    private static func inBackground(_ group: DispatchGroup, _ work: @escaping @Sendable () -> Void) {
        group.enter()
        // A thread each: the resolver blocks, and may do so longer than anyone waits.
        Thread.detachNewThread {
            work()
            group.leave()
        }
    }

    /// What the threads found so far.
    private final class Answers: Sendable {
        private struct State: Sendable {
            var outcomes: [Int: Outcome] = [:]
            var addresses: Result<[TransportAddress], ClientSocketFailure>?
        }
        private let state = Mutex(State())

        var all: ([Int: Outcome], Result<[TransportAddress], ClientSocketFailure>?) {
            state.withLock { ($0.outcomes, $0.addresses) }
        }

        func set(_ index: Int, _ outcome: Outcome) { state.withLock { $0.outcomes[index] = outcome } }

        func resolved(_ addresses: Result<[TransportAddress], ClientSocketFailure>) {
            state.withLock { $0.addresses = addresses }
        }
    }
}

extension DNSRecord: CustomStringConvertible {
    /// As a zone file has it.
    var description: String {
        switch self {
        case .address(let ip): ip.description
        case .service(let priority, let weight, let port, let target): "\(priority) \(weight) \(port) \(target)"
        case .pointer(let order, let preference, let flags, let service, let replacement):
            "\(order) \(preference) \"\(flags)\" \"\(service)\" \(replacement)"
        }
    }
}
