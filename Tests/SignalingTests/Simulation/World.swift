@testable import Signaling

/// Some people with their pages, a network that loses connections, a store that is slow and sometimes fails, and the
/// switchboard between them.
struct World {
    var random: SplitMix
    var now: Int64 = 1_000_000
    var board: Switchboard
    var pages: [Page] = []
    let people: [PersonID]
    /// Connections that are dead, which the switchboard has not noticed yet.
    var dying: [ConnectionID] = []
    var nextConnection: UInt64 = 1
    var nextName = 1
    var chats: Int64 = 0
    /// What each socket was to get.
    var expectedChats: [SocketID: [Int64]] = [:]
    var store = StoreModel()
    var statistics = Statistics()

    struct Statistics {
        var steps = 0
        var calls = 0
        var accepted = 0
        var resumed = 0
        var passed = 0
        var glares = 0
        var missed = 0
    }

    init(seed: UInt64) {
        random = SplitMix(seed: seed)
        var limits = SignalingLimits()
        // Small ones in some runs, so that they are reached.
        if random.chance(30) {
            limits.replayMessages = 8
            limits.candidateBurst = 6
            limits.socketsPerPerson = 2
            limits.heldMessages = 4
            limits.sockets = 7
        }
        board = Switchboard(limits: limits)
        people = (0..<2 + random.below(4)).map { PersonID("person-\($0)") }
        for person in people {
            for _ in 0...random.below(3) { pages.append(Page(number: pages.count, person: person)) }
        }
    }

    mutating func name(_ kind: String) -> String {
        nextName += 1
        return "\(kind)-\(nextName)"
    }

    // MARK: One run

    mutating func run(steps: Int) throws {
        for index in pages.indices {
            try connect(index)
            try settle()
        }
        for _ in 0..<steps { try step() }
        try end()
    }

    private mutating func step() throws {
        statistics.steps += 1
        now += Int64(random.below(random.chance(3) ? 8_000 : 250))
        switch random.below(100) {
        case 0..<36: try act(random.below(pages.count))
        case 36..<62: try deliver(random.below(pages.count))
        case 62..<80: try answerStore()
        case 80..<84: board.tick(now: now)
        case 84..<87: lose(random.below(pages.count))
        case 87..<88: noticeDeath()
        case 88..<91: chat()
        case 91 where random.chance(20): revoke()
        default: try connect(random.below(pages.count))
        }
        try settle()
    }

    /// Takes the effects of the last input and checks what holds after each.
    mutating func settle() throws {
        for effect in board.drainEffects() { try execute(effect) }
        try checkRules()
    }

    /// Time goes by and nobody comes back: everything has to end.
    private mutating func end() throws {
        for index in pages.indices { lose(index) }
        while !dying.isEmpty { noticeDeath() }
        for _ in 0..<400 where !isEmpty {
            now += 1_000
            board.tick(now: now)
            try settle()
            while store.isBusy {
                try answerStore()
                try settle()
            }
        }
        guard isEmpty else { throw Broken("something is left: \(remains)") }
        try store.checkEnd()
    }

    // MARK: The network

    private mutating func connect(_ index: Int) throws {
        guard pages[index].connection == nil else { return }
        let connection = ConnectionID(nextConnection)
        nextConnection += 1
        pages[index].connection = connection
        pages[index].inbox = []
        let page = pages[index]
        board.attach(
            Switchboard.Arrival(
                connection: connection, socket: SocketID(name("socket")), resume: ResumeKey(name("resume")),
                person: page.person, name: "name of \(page.person)", role: "user", session: page.session),
            now: now)
        if let key = page.resume, random.chance(80) {
            pages[index].isResuming = true
            pages[index].temporary = 0
            try settle()
            // The first welcome is read before anything else is said, and does not count.
            if pages[index].inbox.first.map({ if case .welcome = $0.message { true } else { false } }) == true {
                pages[index].inbox.removeFirst()
            }
            try resume(page, key, on: connection)
        }
    }

    /// Resumes a socket. Only what is no longer kept may be called missed.
    private mutating func resume(_ page: Page, _ key: ResumeKey, on connection: ConnectionID) throws {
        let socket = board.resumptions[key].flatMap { board.sockets[$0] }
        board.resume(key, last: page.last, on: connection, now: now)
        statistics.resumed += 1
        guard let socket else { return }
        let missing = Array(page.last + 1..<max(socket.replay.nextSequence, page.last + 1))
        let kept = socket.replay.entries.map(\.sequence).filter { $0 > page.last }
        let effects = board.drainEffects()
        for case .send(connection, _, .welcome(let welcome)) in effects
        where welcome.missed != (missing != kept || socket.missedPresence) {
            throw Broken("page \(page.number) has \(page.last), \(kept) is kept: missed is \(welcome.missed)")
        }
        for effect in effects { try execute(effect) }
    }

    private mutating func lose(_ index: Int) {
        guard let connection = pages[index].connection else { return }
        pages[index].connection = nil
        pages[index].inbox = []
        pages[index].isResuming = false
        if random.chance(60) { board.detach(connection, now: now) } else { dying.append(connection) }
    }

    private mutating func noticeDeath() {
        guard !dying.isEmpty else { return }
        board.detach(dying.removeFirst(), now: now)
    }

    private mutating func deliver(_ index: Int) throws {
        var count = 1 + random.below(6)
        while count > 0, !pages[index].inbox.isEmpty {
            try pages[index].read()
            count -= 1
        }
        let page = pages[index]
        if page.hasMissed { statistics.missed += 1 }
        guard page.inbox.isEmpty, page.connection != nil, !page.isResuming, !page.hasMissed,
            board.socket(on: page.connection!) == page.socket
        else { return }
        let expected = page.socket.flatMap { expectedChats[$0] } ?? []
        guard page.receivedChat == expected else {
            throw Broken("page \(index) got the messages \(page.receivedChat), not \(expected)")
        }
    }

    private mutating func chat() {
        chats += 1
        let message = ChatMessage(
            id: "chat-\(chats)", room: RoomID("room"), sender: people[0], body: "", sentAt: now, clientID: "",
            position: chats)
        let members = people.filter { _ in random.chance(60) }
        for member in members {
            for socket in board.people[member]?.sockets ?? [] { expectedChats[socket, default: []].append(chats) }
        }
        board.deliver(.chat(message), to: members, now: now)
    }

    private mutating func revoke() {
        if random.chance(50) {
            board.revoke(people[random.below(people.count)], reason: "disabled", now: now)
        } else {
            board.end(sessions: [pages[random.below(pages.count)].session], reason: "signed_out", now: now)
        }
    }

    // MARK: Effects

    mutating func execute(_ effect: Effect) throws {
        switch effect {
        case .send(let connection, let sequence, let message):
            try store.checkAllowed(message)
            if case .description = message { statistics.passed += 1 }
            guard let index = pages.firstIndex(where: { $0.connection == connection }) else { return }
            pages[index].inbox.append((sequence, message))
        case .close(let connection, _):
            dying.removeAll { $0 == connection }
            guard let index = pages.firstIndex(where: { $0.connection == connection }) else { return }
            pages[index].connection = nil
            pages[index].inbox = []
            pages[index].isResuming = false
        case .record(let ticket, let transition): store.ask(.transition(ticket, transition))
        case .checkFingerprints(let ticket, let person, let prints): store.ask(.prints(ticket, person, prints))
        case .issueServers(let request): store.ask(.servers(request))
        case .auditRefusal, .forget: break
        }
    }

    private mutating func answerStore() throws {
        guard let question = store.next(&random) else { return }
        switch question {
        case .transition(let ticket, let transition):
            if random.chance(3) {
                store.lose(transition)
                return board.unrecorded(ticket, now: now)
            }
            try store.record(transition)
            switch transition.step {
            case .requested: statistics.calls += 1
            case .accepted: statistics.accepted += 1
            default: break
            }
            board.recorded(ticket, now: now)
        case .prints(let ticket, let person, let prints):
            let verdict = random.chance(3) ? .unknown : store.check(prints, call: ticket.call, person: person)
            board.fingerprintsChecked(ticket, verdict, now: now)
        case .servers(let request):
            if random.chance(5) {
                return board.serversFailed(request, SignalingError(code: "x", message: "x"), now: now)
            }
            board.serversIssued(
                request, IceServers(id: "c", ttlSeconds: 60, expiresAt: now + 60_000, servers: []), now: now)
        }
    }
}
