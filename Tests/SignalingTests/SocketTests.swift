import Signaling
import Testing

@Suite("Sockets of the switchboard")
struct SocketTests {
    private func chat(_ number: Int64) -> ServerMessage {
        .chat(
            ChatMessage(
                id: "\(number)", room: RoomID("room"), sender: PersonID("x"), body: "text", sentAt: 0, clientID: "",
                position: number))
    }

    @Test("30 messages per second, 60 at once; who goes on is disconnected and can resume")
    func rate() {
        var desk = Desk()
        let ada = desk.attach("ada")
        func admitted(_ desk: inout Desk, _ count: Int) -> Int {
            (0..<count).count { _ in desk.board.admit(ada, now: desk.now) != nil }
        }
        #expect(admitted(&desk, 100) == 60)
        desk.now += 1_000
        #expect(admitted(&desk, 100) == 30)
        desk.settle()
        #expect(desk.code(ada) == "rate_limited" && desk.closed[ada] == nil)
        _ = admitted(&desk, 100)
        desk.settle()
        #expect(desk.closed[ada] == .flooding)
        let again = desk.attach("ada")
        desk.board.resume(ResumeKey("resume-1"), last: 0, on: again, now: desk.now)
        desk.settle()
        // A new connection does not begin with a new allowance.
        #expect(desk.board.admit(again, now: desk.now) == nil)
    }

    @Test("a clock that is set back gives no tokens and takes none")
    func clockSetBack() {
        var desk = Desk()
        let ada = desk.attach("ada")
        for _ in 0..<60 { _ = desk.board.admit(ada, now: desk.now) }
        desk.now -= 3_600_000
        #expect(desk.board.admit(ada, now: desk.now) == nil)
        desk.now += 1_000
        #expect(desk.board.admit(ada, now: desk.now) != nil)
    }

    @Test("a resumption replays what is missing, in order, and says when something is not there")
    func replay() {
        var limits = SignalingLimits()
        limits.replayMessages = 10
        var desk = Desk(limits: limits)
        var ada = desk.attach("ada")
        for number in 1...5 { desk.board.deliver(chat(Int64(number)), to: [PersonID("ada")], now: desk.now) }
        desk.settle()
        desk.board.detach(ada, now: desk.now)
        for number in 6...9 { desk.board.deliver(chat(Int64(number)), to: [PersonID("ada")], now: desk.now) }
        func resume(_ last: UInt64) -> (missed: Bool?, numbers: [Int64]) {
            ada = desk.attach("ada")
            desk.sent = [:]
            desk.board.resume(ResumeKey("resume-1"), last: last, on: ada, now: desk.now)
            desk.settle()
            var missed: Bool?
            var numbers: [Int64] = []
            for message in desk.take(ada) {
                if case .welcome(let welcome) = message { missed = welcome.missed }
                if case .chat(let chat) = message { numbers.append(chat.position) }
            }
            return (missed, numbers)
        }
        #expect(resume(3) == (false, [4, 5, 6, 7, 8, 9]))
        #expect(resume(9) == (false, []))
        // A number that was never given.
        #expect(resume(50).missed == true)
        for number in 10...30 { desk.board.deliver(chat(Int64(number)), to: [PersonID("ada")], now: desk.now) }
        #expect(resume(12) == (true, Array(21...30)))
    }

    @Test("a connection that is taken over is closed, and what it still says does not count")
    func takeOver() {
        var desk = Desk()
        let old = desk.attach("ada")
        let new = desk.attach("ada")
        desk.board.resume(ResumeKey("resume-1"), last: 0, on: new, now: desk.now)
        desk.settle()
        #expect(desk.closed[old] == .replaced && desk.board.admit(old, now: desk.now) == nil)
        #expect(desk.board.socket(on: new) == SocketID("socket-1") && desk.board.socketCount == 1)
        // The close of the old one comes late and changes nothing.
        desk.board.detach(old, now: desk.now)
        #expect(desk.board.socket(on: new) == SocketID("socket-1"))
    }

    @Test("only the same sign-in resumes a socket, and only once the key is right")
    func foreignKey() {
        var desk = Desk()
        desk.board.detach(desk.attach("ada"), now: desk.now)
        for (person, session, key) in [("eve", "eve", "resume-1"), ("ada", "other", "resume-1"), ("ada", "ada", "x")] {
            let page = desk.attach(person, session: session)
            desk.board.resume(ResumeKey(key), last: 0, on: page, now: desk.now)
            desk.settle()
            #expect(desk.board.socket(on: page) != SocketID("socket-1"))
        }
    }

    @Test("a person has eight sockets; the one needed least gives way")
    func socketsPerPerson() {
        var desk = Desk()
        let first = desk.attach("ada")
        let second = desk.attach("ada")
        let bob = desk.attach("bob")
        desk.connect(first, bob)
        for _ in 0..<6 { _ = desk.attach("ada") }
        #expect(desk.closed.isEmpty)
        _ = desk.attach("ada")
        // Not the oldest: that one is in a call.
        #expect(desk.closed == [second: .tooManySockets] && desk.board.callCount == 1)
    }

    @Test("a full table takes no more, but gives up what was lost")
    func fullTable() {
        var limits = SignalingLimits()
        limits.sockets = 3
        var desk = Desk(limits: limits)
        let pages = ["ada", "bob", "cy"].map { desk.attach($0) }
        let refused = desk.attach("dan")
        #expect(desk.closed == [refused: .full])
        desk.board.detach(pages[1], now: desk.now)
        let taken = desk.attach("dan")
        #expect(desk.closed[taken] == nil && desk.board.socketCount == 3)
    }

    @Test("people are told who comes and goes, not of every change of a network")
    func presence() {
        var desk = Desk()
        let ada = desk.attach("ada")
        let eve = desk.attach("eve", contacts: .only([PersonID("ada")]))
        desk.sent = [:]
        let bob = desk.attach("bob")
        #expect(desk.take(ada) == [.presence(person: PersonID("bob"), online: true)])
        #expect(desk.take(eve).isEmpty)
        desk.board.detach(bob, now: desk.now)
        desk.wait(4_000)
        let again = desk.attach("bob")
        desk.wait(4_000)
        #expect(desk.take(ada).isEmpty && desk.board.isOnline(PersonID("bob")))
        desk.board.detach(again, now: desk.now)
        desk.wait(5_000)
        #expect(desk.take(ada) == [.presence(person: PersonID("bob"), online: false)])
        #expect(!desk.board.isOnline(PersonID("bob")))
        // A lost page learns of it when it comes back.
        desk.board.detach(ada, now: desk.now)
        _ = desk.attach("bob")
        let back = desk.attach("ada")
        desk.sent = [:]
        desk.board.resume(ResumeKey("resume-1"), last: 0, on: back, now: desk.now)
        desk.settle()
        #expect(desk.take(back).contains(.presence(person: PersonID("bob"), online: true)))
    }

    @Test("a revoked person loses every socket, and is told why")
    func revocation() {
        var desk = Desk()
        let pages = [desk.attach("ada"), desk.attach("ada", session: "second")]
        let bob = desk.attach("bob")
        desk.connect(pages[1], bob)
        desk.board.end(sessions: [SessionID("second")], reason: "signed_out", now: desk.now)
        desk.settle()
        #expect(desk.closed == [pages[1]: .sessionEnded])
        #expect(desk.take(pages[1]) == [.sessionEnded(reason: "signed_out")])
        #expect(desk.take(bob).contains(.ended(call: CallID("call"), reason: .revoked, detail: nil)))
        desk.board.revoke(PersonID("ada"), reason: "disabled", now: desk.now)
        desk.settle()
        #expect(desk.take(pages[0]).last == .sessionEnded(reason: "disabled"))
        #expect(desk.board.socketCount == 1)
    }
}
