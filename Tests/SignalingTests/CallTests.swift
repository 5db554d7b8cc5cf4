import Signaling
import Testing

@Suite("Calls of the switchboard")
struct CallTests {
    static let offer = SampleDescription(certificate: 1).text
    static let answer = SampleDescription(certificate: 2).text
    let id = CallID("call")

    @Test("nobody is told before it is written, and what comes meanwhile waits")
    func writtenFirst() {
        var desk = Desk()
        let (ada, bob) = (desk.attach("ada"), desk.attach("bob"))
        desk.sent = [:]
        desk.isOnHold = true
        desk.call(ada, "bob")
        #expect(desk.take(ada).isEmpty && desk.take(bob).isEmpty)
        desk.answer()
        #expect(desk.take(ada) == [.ack(id: "request", Acknowledgement(call: id, room: RoomID("room")))])
        desk.isOnHold = true
        desk.ask(.accept, bob)
        desk.ask(.end(detail: nil), ada)
        #expect(desk.take(ada).isEmpty)
        desk.answer()
        #expect(desk.transitions == [.requested, .accepted, .ended(.ended, detail: nil)])
        #expect(desk.take(ada).contains(.ended(call: id, reason: .ended, detail: nil)))
        #expect(desk.board.callCount == 0)
    }

    @Test("a transition that cannot be written is refused; an end happens all the same")
    func unwritten() {
        var desk = Desk()
        let (ada, bob) = (desk.attach("ada"), desk.attach("bob"))
        func fail(_ desk: inout Desk) {
            for effect in desk.board.drainEffects() {
                if case .record(let ticket, _) = effect { desk.board.unrecorded(ticket, now: desk.now) }
            }
            desk.settle()
        }
        let new = Switchboard.NewCall(
            call: id, room: RoomID("room"), socket: desk.board.socket(on: ada)!, id: "1", callee: PersonID("bob"),
            media: [])
        desk.board.request(new, now: desk.now)
        fail(&desk)
        #expect(desk.code(ada) == "unavailable" && desk.board.callCount == 0)
        desk.call(ada, "bob")
        desk.board.handle(.accept, of: id, from: desk.board.socket(on: bob)!, id: "2", now: desk.now)
        fail(&desk)
        #expect(desk.code(bob) == "unavailable")
        desk.ask(.accept, bob)
        desk.sent = [:]
        desk.board.handle(.end(detail: nil), of: id, from: desk.board.socket(on: bob)!, id: "3", now: desk.now)
        fail(&desk)
        #expect(desk.take(ada) == [.ended(call: id, reason: .ended, detail: nil)] && desk.board.callCount == 0)
    }

    @Test("a call rings for 45 seconds")
    func ringing() {
        var desk = Desk()
        let (ada, bob) = (desk.attach("ada"), desk.attach("bob"))
        desk.call(ada, "bob")
        // A page that is opened meanwhile rings, too.
        let late = desk.attach("bob")
        for page in [bob, late] {
            #expect(desk.take(page).contains { if case .ringing = $0 { true } else { false } })
        }
        desk.wait(44_999)
        #expect(desk.board.callCount == 1)
        desk.wait(1)
        for page in [ada, bob, late] {
            #expect(desk.take(page).contains(.ended(call: id, reason: .timeout, detail: nil)))
        }
    }

    @Test("what ending a call is called depends on who does it and when")
    func reasons() {
        let cases: [(accept: Bool, byCallee: Bool, request: CallRequest, reason: EndReason)] = [
            (false, true, .reject(detail: "busy_now"), .rejected), (false, false, .abort(detail: "busy_now"), .aborted),
            (false, true, .end(detail: "busy_now"), .rejected), (false, false, .end(detail: "busy_now"), .aborted),
            (true, true, .end(detail: "busy_now"), .ended), (true, false, .abort(detail: "busy_now"), .ended),
        ]
        for (accept, byCallee, request, reason) in cases {
            var desk = Desk()
            let (ada, bob) = (desk.attach("ada"), desk.attach("bob"))
            desk.call(ada, "bob")
            if accept { desk.ask(.accept, bob) }
            desk.ask(request, byCallee ? bob : ada)
            for page in [ada, bob] {
                #expect(desk.take(page).last == .ended(call: id, reason: reason, detail: "busy_now"))
            }
        }
    }

    @Test("both hang up at once: both are acknowledged, the call ends once")
    func bothHangUp() {
        var desk = Desk()
        let (ada, bob) = (desk.attach("ada"), desk.attach("bob"))
        desk.connect(ada, bob)
        desk.isOnHold = true
        desk.ask(.end(detail: nil), ada, id: "a")
        desk.ask(.end(detail: nil), bob, id: "b")
        desk.answer()
        #expect(desk.transitions.count { if case .ended = $0 { true } else { false } } == 1)
        #expect(desk.take(bob).contains(.ack(id: "b", Acknowledgement(call: id))))
    }

    @Test("a lost socket in a call has a minute, and the call waits for it")
    func lostSocket() {
        var desk = Desk()
        let (ada, bob) = (desk.attach("ada"), desk.attach("bob"))
        desk.connect(ada, bob)
        desk.board.detach(ada, now: desk.now)
        desk.wait(59_999)
        #expect(desk.board.callCount == 1)
        desk.wait(1)
        #expect(desk.take(bob).contains(.ended(call: id, reason: .lost, detail: nil)))
        #expect(desk.board.callCount == 0 && desk.board.socketCount == 1)
    }

    @Test("a description waits for its fingerprints, and the candidates behind it wait for the description")
    func descriptionOrder() {
        var desk = Desk()
        let (ada, bob) = (desk.attach("ada"), desk.attach("bob"))
        desk.connect(ada, bob)
        desk.isOnHold = true
        let candidate = IceCandidate(candidate: "candidate:1", mid: "0", line: 0, fragment: nil)
        desk.ask(.description(.offer, Self.offer), ada)
        desk.ask(.candidate(candidate), ada, id: nil)
        #expect(desk.take(bob).isEmpty)
        desk.answer()
        #expect(
            desk.take(bob) == [
                .description(call: id, kind: .offer, text: Self.offer), .candidate(call: id, candidate),
            ])
        desk.verdict = .seen
        desk.ask(.description(.answer, Self.answer), bob)
        #expect(desk.code(bob) == "sdp_refused" && desk.take(ada).count == 1)
        desk.verdict = .unknown
        desk.ask(.description(.answer, Self.answer), bob)
        #expect(desk.code(bob) == "unavailable")
        #expect(desk.refusals == [.fingerprintSeen])
    }

    /// Candidates of `side` that come through now.
    private func passed(_ desk: inout Desk, _ count: Int, from: ConnectionID, to: ConnectionID) -> Int {
        for _ in 0..<count { desk.ask(.candidate(nil), from, id: nil) }
        return desk.take(to).count { if case .candidate = $0 { true } else { false } }
    }

    @Test("each side sends 200 candidates and 64 descriptions at once, and a few each minute for as long as it lasts")
    func messageLimits() {
        var desk = Desk()
        let (ada, bob) = (desk.attach("ada"), desk.attach("bob"))
        desk.connect(ada, bob)
        #expect(passed(&desk, 300, from: ada, to: bob) == 200 && desk.code(ada) == "ice_limit")
        #expect(passed(&desk, 1, from: bob, to: ada) == 1)
        for _ in 0..<100 { desk.ask(.description(.offer, Self.offer), ada, id: nil) }
        #expect(desk.take(bob).count == 64 && desk.code(ada) == "sdp_limit")
        // The first of them began a generation of ICE, with a budget of its own.
        #expect(passed(&desk, 300, from: ada, to: bob) == 200)
        // A call of five hours on a network that changes: nothing runs dry, and nothing is unbounded.
        for _ in 0..<300 {
            desk.now += 60_000
            #expect(passed(&desk, 70, from: ada, to: bob) == 60)
            for _ in 0..<8 { desk.ask(.description(.offer, Self.offer), ada, id: nil) }
            #expect(desk.take(bob).count == 6)
        }
    }

    @Test("an ICE restart begins with a full budget, a description of the same generation does not")
    func candidatesOfARestart() {
        var desk = Desk()
        let (ada, bob) = (desk.attach("ada"), desk.attach("bob"))
        desk.connect(ada, bob)
        desk.ask(.description(.offer, Self.offer), ada, id: nil)
        desk.ask(.description(.answer, Self.answer), bob, id: nil)
        #expect(passed(&desk, 300, from: ada, to: bob) == 200)
        desk.ask(.description(.offer, Self.offer), ada, id: nil)
        #expect(passed(&desk, 300, from: ada, to: bob) == 0)
        for round in 0..<10 {
            let restart = Self.offer.replacing("a=ice-ufrag:yJ5t", with: "a=ice-ufrag:new\(round)")
            desk.ask(.description(.offer, restart), ada, id: nil)
            _ = desk.take(bob)
            #expect(passed(&desk, 300, from: ada, to: bob) == 200)
        }
        // The other side has its own.
        #expect(passed(&desk, 300, from: bob, to: ada) == 200)
        _ = desk.take(bob)
        // A flood of restarts is as bounded as the descriptions are.
        for round in 0..<100 {
            let restart = Self.offer.replacing("a=ice-ufrag:yJ5t", with: "a=ice-ufrag:flood\(round)")
            desk.ask(.description(.offer, restart), ada, id: nil)
        }
        #expect(desk.take(bob).count == 64 - 12 && desk.code(ada) == "sdp_limit")
    }

    @Test("what waits for the store is bounded, and an end gets through")
    func heldMessages() {
        var desk = Desk()
        let (ada, bob) = (desk.attach("ada"), desk.attach("bob"))
        desk.connect(ada, bob)
        desk.isOnHold = true
        desk.ask(.description(.offer, Self.offer), ada)
        for _ in 0..<400 { desk.ask(.candidate(nil), ada, id: nil) }
        #expect(desk.code(ada) == "rate_limited")
        let large = Self.answer + String(repeating: "a=x:\(String(repeating: "y", count: 200))\r\n", count: 100)
        for _ in 0..<30 { desk.ask(.description(.answer, large), bob) }
        #expect(desk.code(bob) == "rate_limited")
        desk.ask(.end(detail: nil), bob)
        desk.answer()
        #expect(desk.board.callCount == 0)
    }

    @Test("new ICE servers come before the old ones expire, for as long as the call lasts")
    func servers() {
        var desk = Desk()
        let (ada, bob) = (desk.attach("ada"), desk.attach("bob"))
        desk.connect(ada, bob)
        for _ in 0..<10 {
            #expect(desk.requests.map(\.person.text) == ["ada", "bob"])
            let expiresAt = desk.now + 8_000
            for request in desk.requests {
                desk.board.serversIssued(
                    request, IceServers(id: "x", ttlSeconds: 8, expiresAt: expiresAt, servers: []), now: desk.now)
            }
            desk.settle()
            for page in [ada, bob] { #expect(desk.take(page).count == 1) }
            desk.requests = []
            desk.wait(5_000)
            #expect(desk.requests.isEmpty)
            desk.wait(1_000)
        }
        // When none could be issued it is asked again.
        for request in desk.requests {
            desk.board.serversFailed(request, SignalingError(code: "x", message: "x"), now: desk.now)
        }
        desk.requests = []
        desk.wait(5_000)
        #expect(desk.requests.count == 2)
        // A page may ask by itself, not more often than every five seconds.
        desk.ask(.refreshServers, ada)
        #expect(desk.code(ada) == "rate_limited")
        desk.wait(4_999)
        desk.now += 1
        desk.requests = []
        desk.ask(.refreshServers, ada, id: "refresh")
        #expect(desk.requests.map(\.id) == ["refresh"])
        desk.board.serversFailed(desk.requests[0], SignalingError(code: "relay_down", message: "x"), now: desk.now)
        desk.settle()
        #expect(desk.code(ada) == "relay_down")
    }

    @Test("paths are written down when they change, up to a limit, and always passed on")
    func paths() {
        var desk = Desk()
        let (ada, bob) = (desk.attach("ada"), desk.attach("bob"))
        desk.connect(ada, bob)
        for number in 0..<100 {
            desk.ask(.path(number.isMultiple(of: 2) ? .directUDP : .relayTLS, roundTripMilliseconds: 1), ada)
            desk.ask(.path(.directUDP, roundTripMilliseconds: nil), bob)
        }
        #expect(desk.transitions.filter { $0 == .connected(.requester, .directUDP) }.count == 1)
        #expect(desk.transitions.filter { $0 == .moved(.callee, .directUDP) }.count == 1)
        #expect(desk.transitions.count == 2 + 32 + 1)
        #expect(desk.take(bob).count { if case .path = $0 { true } else { false } } == 100)
    }

    @Test("call requests of a person are limited, whatever page they come from")
    func requestRate() {
        var desk = Desk()
        let pages = [desk.attach("ada"), desk.attach("ada")]
        func admitted(_ desk: inout Desk, _ count: Int) -> Int {
            (0..<count).count {
                desk.board.admitRequest(from: desk.board.socket(on: pages[$0 % 2])!, id: nil, now: desk.now)
            }
        }
        #expect(admitted(&desk, 30) == 10)
        desk.now += 60_000
        #expect(admitted(&desk, 30) == 10)
        desk.now += 3_000
        #expect(admitted(&desk, 30) == 1)
    }
}
