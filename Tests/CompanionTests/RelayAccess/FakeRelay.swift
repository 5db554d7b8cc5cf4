import Synchronization

@testable import Companion

/// A relay that keeps what it is told.
final class FakeRelay: RelayAdministration {
    struct State {
        var isReachable = true
        var revoked: [String] = []
        var forgottenAfter: [Int64?] = []
        var reloads = 0
        var sessions: [RelaySessions.Session] = []
        var epoch = "first"
        var entries: [RelayUsage.Entry] = []
    }

    let state = Mutex(State())

    func change(_ body: (inout sending State) -> Void) { state.withLock { body(&$0) } }

    private func reached<R>(_ body: (inout sending State) -> R) throws(RelayFailure) -> R where R: Sendable {
        let result = state.withLock { state -> R? in state.isReachable ? body(&state) : nil }
        guard let result else { throw .unreachable("nobody listens") }
        return result
    }

    func status() async throws(RelayFailure) -> [UInt8] { try reached { _ in Array("{}".utf8) } }

    func sessions(limit: Int) async throws(RelayFailure) -> RelaySessions {
        try reached { RelaySessions(total: $0.sessions.count, sessions: Array($0.sessions.prefix(limit))) }
    }

    func end(_ allocation: String) async throws(RelayFailure) -> Bool {
        try reached { state in
            let before = state.sessions.count
            state.sessions.removeAll { $0.id == allocation }
            return state.sessions.count < before
        }
    }

    func revoke(_ id: String, forgetAfterUnixSeconds: Int64?) async throws(RelayFailure) -> Int {
        try reached { state in
            state.revoked.append(id)
            state.forgottenAfter.append(forgetAfterUnixSeconds)
            let before = state.sessions.count
            state.sessions.removeAll { RelayAccessService.credentialID($0.username) == id }
            return before - state.sessions.count
        }
    }

    func reload() async throws(RelayFailure) { try reached { $0.reloads += 1 } }

    func usage(after sequence: Int64, limit: Int) async throws(RelayFailure) -> RelayUsage {
        try reached { state in
            let entries = state.entries.filter { $0.sequence > sequence }.prefix(limit)
            return RelayUsage(epoch: state.epoch, lost: 0, entries: Array(entries))
        }
    }

    var revoked: [String] { state.withLock { $0.revoked } }
}

extension RelaySessions.Session {
    init(id: String, username: String) {
        self.init(
            id: id, username: username, client: "192.0.2.10:5000", transport: "udp", relayed: ["192.0.2.1:50000"],
            ageSeconds: 7, toPeers: RelaySessions.Traffic(packets: 1, bytes: 100),
            toClient: RelaySessions.Traffic(packets: 2, bytes: 200))
    }
}
