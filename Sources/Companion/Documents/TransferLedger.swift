internal import Synchronization

/// Transfers that run, and the bytes that uploads have taken so far but not yet in the database: so that many at once
/// are bounded as one after the other are.
final class TransferLedger: Sendable {
    private struct State {
        var transfers = 0
        var perPerson: [String: Int] = [:]
        var personBytes: [String: Int64] = [:]
        var roomBytes: [String: Int64] = [:]
    }

    private let settings: DocumentSettings
    private let state = Mutex(State())

    init(settings: DocumentSettings) { self.settings = settings }

    /// Whether one more transfer may run.
    func begin(_ person: String) -> Bool {
        state.withLock { state in
            guard state.transfers < settings.transfersMax,
                state.perPerson[person, default: 0] < settings.transfersPerPersonMax
            else { return false }
            state.transfers += 1
            state.perPerson[person, default: 0] += 1
            return true
        }
    }

    /// A transfer is over, with what it had taken.
    func end(_ person: String, room: String? = nil, bytes: Int64 = 0) {
        state.withLock { state in
            state.transfers -= 1
            Self.subtract(1, &state.perPerson, person)
            Self.subtract(bytes, &state.personBytes, person)
            if let room { Self.subtract(bytes, &state.roomBytes, room) }
        }
    }

    /// Takes so many further bytes; false when quotas are used up by them. `used` is what the database knew when the
    /// upload began.
    func take(_ bytes: Int64, _ person: String, _ room: String, used: (person: Int64, room: Int64)) -> Bool {
        state.withLock { state in
            let own = state.personBytes[person, default: 0] + bytes
            let all = state.roomBytes[room, default: 0] + bytes
            guard used.person + own <= settings.bytesPerPersonMax, used.room + all <= settings.bytesPerRoomMax else {
                return false
            }
            state.personBytes[person] = own
            state.roomBytes[room] = all
            return true
        }
    }

    private static func subtract<N: BinaryInteger>(_ number: N, _ table: inout [String: N], _ key: String) {
        let rest = table[key, default: 0] - number
        table[key] = rest > 0 ? rest : nil
    }
}
