@testable import Signaling

// What pages do: what they should, and now and then what they should not.
extension World {
    static let descriptions = (0..<48).map { SampleDescription(certificate: $0).text }

    mutating func act(_ index: Int) throws {
        let page = pages[index]
        guard let connection = page.connection, !page.isResuming, let socket = board.admit(connection, now: now) else {
            return
        }
        board.settle(socket)
        // Once in a while a request is sent twice.
        let repeats = random.chance(10) ? 2 : 1
        let choice = random.below(100)
        for _ in 0..<repeats {
            if random.chance(4) {
                try mischief(socket)
            } else if page.call == nil, let call = page.ringing.first {
                answer(call, socket, choice)
            } else if page.call == nil {
                if choice < 60 { callSomebody(page, socket) }
            } else {
                talk(index, socket, choice)
            }
            try settle()
        }
    }

    private mutating func callSomebody(_ page: Page, _ socket: SocketID) {
        guard board.admitRequest(from: socket, id: "request", now: now) else { return }
        let callee = people[random.below(people.count)]
        board.request(
            Switchboard.NewCall(
                call: CallID(name("call")), room: RoomID("room"), socket: socket, id: "request", callee: callee,
                media: [.audio]), now: now)
    }

    private mutating func answer(_ call: CallID, _ socket: SocketID, _ choice: Int) {
        switch choice {
        case 0..<60: board.handle(.accept, of: call, from: socket, id: "accept", now: now)
        case 60..<70: board.handle(.reject(detail: nil), of: call, from: socket, id: "reject", now: now)
        default: break
        }
    }

    private mutating func talk(_ index: Int, _ socket: SocketID, _ choice: Int) {
        guard let call = pages[index].call else { return }
        switch choice {
        case 0..<25:
            let kind: DescriptionKind = pages[index].isRequester ? .offer : .answer
            let certificate = pages[index].certificate ?? random.below(Self.descriptions.count)
            pages[index].certificate = certificate
            board.handle(
                .description(kind, Self.descriptions[certificate]), of: call, from: socket, id: "sdp", now: now)
        case 25..<70:
            let number = pages[index].nextCandidate
            pages[index].nextCandidate += 1
            let candidate = IceCandidate(candidate: String(number), mid: "0", line: 0, fragment: nil)
            board.handle(.candidate(candidate), of: call, from: socket, id: nil, now: now)
        case 70..<80:
            let path = MediaPath.allCases[random.below(MediaPath.allCases.count)]
            board.handle(.path(path, roundTripMilliseconds: 3), of: call, from: socket, id: nil, now: now)
        case 80..<84: board.handle(.refreshServers, of: call, from: socket, id: "ice", now: now)
        case 84..<90: board.handle(.end(detail: nil), of: call, from: socket, id: "end", now: now)
        case 90..<92: board.handle(.abort(detail: nil), of: call, from: socket, id: "abort", now: now)
        default: break
        }
    }

    /// Requests about any call from any socket, at the wrong time.
    private mutating func mischief(_ socket: SocketID) throws {
        guard let id = board.calls.keys.sorted().randomElement(using: &random), let call = board.calls[id] else {
            return
        }
        let requests: [CallRequest] = [
            .accept, .reject(detail: nil), .abort(detail: nil), .refreshServers, .candidate(nil),
            .description(.offer, Self.descriptions[0]), .description(.offer, "v=0"),
            .path(.relayTLS, roundTripMilliseconds: nil),
        ]
        var request = requests[random.below(requests.count)]
        // An end of candidates has no number: it would not come in order.
        if case .candidate = request { request = .accept }
        board.handle(request, of: id, from: socket, id: "mischief", now: now)
        // Whoever is not bound to the call is refused, and causes nothing.
        guard request.isMedia, call.pending == nil, !call.isAccepted || call.side(on: socket) == nil else { return }
        for effect in board.drainEffects() {
            switch effect {
            case .send(_, _, .error), .auditRefusal: try execute(effect)
            default: throw Broken("\(request) of an outsider led to \(effect)")
            }
        }
    }
}

extension CallRequest {
    fileprivate var isMedia: Bool {
        switch self {
        case .description, .candidate, .path, .refreshServers: true
        default: false
        }
    }
}
