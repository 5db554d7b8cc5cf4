import Signaling

/// A store that answers late, in an order of its own, and knows the rules of what is written.
struct StoreModel {
    enum Question {
        case transition(Ticket, CallTransition)
        case prints(Ticket, PersonID, [Fingerprint])
        case servers(ServerRequest)
    }

    enum Stage: Int {
        case requested, accepted, connected, over
    }

    private var questions: [Question] = []
    private(set) var stages: [CallID: Stage] = [:]
    private var owners: [Fingerprint: (CallID, PersonID)] = [:]
    /// The call that each person is in, by what is written.
    private var busy: [PersonID: CallID] = [:]
    private var parties: [CallID: [PersonID]] = [:]
    /// Calls that the store could not end, and those that never began.
    private var lost: Set<CallID> = []

    var isBusy: Bool { !questions.isEmpty }

    mutating func ask(_ question: Question) { questions.append(question) }

    mutating func next(_ random: inout SplitMix) -> Question? {
        guard !questions.isEmpty else { return nil }
        return questions.remove(at: random.below(min(questions.count, 3)))
    }

    mutating func check(_ prints: [Fingerprint], call: CallID, person: PersonID) -> Switchboard.FingerprintVerdict {
        for print in prints {
            if let owner = owners[print], owner != (call, person) { return .seen }
        }
        for print in prints { owners[print] = (call, person) }
        return .fresh
    }

    /// Writes a transition. It has to follow from what was written before.
    mutating func record(_ transition: CallTransition) throws {
        let call = transition.call
        let stage = stages[call]
        func require(_ isRight: Bool) throws {
            guard isRight else {
                throw Broken("\(transition) after \(stage.map { "\($0)" } ?? "nothing")")
            }
        }
        switch transition.step {
        case .requested:
            try require(stage == nil && transition.requester != transition.callee)
            for person in [transition.requester, transition.callee] {
                // A call whose end could not be written keeps nobody busy.
                if let other = busy[person], !lost.contains(other) {
                    throw Broken("\(person) is in \(other) and \(call)")
                }
                busy[person] = call
            }
            parties[call] = [transition.requester, transition.callee]
            stages[call] = .requested
        case .refused:
            try require(stage == nil)
            stages[call] = .over
        case .accepted:
            try require(stage == .requested)
            stages[call] = .accepted
        case .connected:
            try require(stage == .accepted)
            stages[call] = .connected
        case .moved:
            // The first report may not have been written.
            try require(stage == .connected || stage == .accepted)
        case .ended:
            try require(stage != nil && stage != .over)
            stages[call] = .over
            for person in parties[call] ?? [] where busy[person] == call { busy[person] = nil }
        }
    }

    mutating func lose(_ transition: CallTransition) {
        if case .ended = transition.step { lost.insert(transition.call) }
    }

    /// Nothing is told before it is written.
    func checkAllowed(_ message: ServerMessage) throws {
        func require(_ call: CallID, _ stages: Set<Stage>) throws {
            guard let stage = self.stages[call], stages.contains(stage) || lost.contains(call) else {
                throw Broken("\(message) while \(call) is \(self.stages[call].map { "\($0)" } ?? "not written")")
            }
        }
        switch message {
        // Messages sent again after a resumption may be older than what is written.
        case .ringing(let call, _, _, _): try require(call, [.requested, .accepted, .connected, .over])
        case .accepted(let call, _, _, _), .taken(let call), .description(let call, _, _), .candidate(let call, _),
            .path(let call, _, _), .servers(_, let call, _):
            try require(call, [.accepted, .connected, .over])
        case .ended(let call, _, _): try require(call, [.over])
        default: break
        }
    }

    /// Every call that was written has ended.
    func checkEnd() throws {
        for (call, stage) in stages where stage != .over && !lost.contains(call) {
            throw Broken("\(call) has not ended: \(stage)")
        }
    }
}
