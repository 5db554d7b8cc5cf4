import Companion
import Foundation
import Signaling
import Store
import Testing

@Suite("Calls through the hub", .timeLimit(.minutes(1)))
struct CallTests {
    @Test("a call from its request to its end, in the table and in the audit log")
    func wholeCall() async throws {
        let test = try TestHub()
        let ada = try await test.page(test.person("ada"))
        let bob = try await test.page(test.person("bob"))
        let other = try await test.page(
            Principal(personID: "bob", sessionID: "session-2", role: .user, address: "192.0.2.2"))

        try await ada.send(["type": "call.request", "id": "1", "to": "bob", "media": ["audio"]])
        let ack = try await ada.next("ack")
        let call = try #require(ack["call"] as? String)
        let ringing = try await bob.next("call.ringing")
        #expect(ringing["call"] as? String == call)
        #expect((ringing["from"] as? [String: Any])?["name"] as? String == "ada")
        #expect(ringing["room"] as? String == ack["room"] as? String)
        #expect(ringing["media"] as? [String] == ["audio"])
        _ = try await other.next("call.ringing")

        try await bob.send(["type": "call.accept", "id": "2", "call": call])
        #expect(try await bob.next("ack")["id"] as? String == "2")
        for page in [ada, bob] {
            let accepted = try await page.next("call.accepted")
            #expect(accepted["session"] as? String == bob.socket && accepted["requester"] as? String == "ada")
            let servers = try await page.next("ice.servers")
            #expect((servers["iceServers"] as? [[String: Any]])?.count == 2)
        }
        #expect(try await other.next("call.taken")["call"] as? String == call)

        try await ada.send(["type": "sdp", "id": "3", "call": call, "kind": "offer", "sdp": sampleSDP(1)])
        // The candidate waits for the fingerprint of the offer to be written down.
        try await ada.send(["type": "ice", "call": call, "candidate": ["candidate": "candidate:1", "sdpMid": "0"]])
        #expect(try await bob.next("sdp")["sdp"] as? String == sampleSDP(1))
        #expect((try await bob.next("ice")["candidate"] as? [String: Any])?["sdpMid"] as? String == "0")
        try await bob.send(["type": "sdp", "call": call, "kind": "answer", "sdp": sampleSDP(2)])
        #expect(try await ada.next("sdp")["kind"] as? String == "answer")
        try await ada.send(["type": "ice", "call": call, "candidate": NSNull()])
        #expect(try await bob.next("ice")["candidate"] is NSNull)
        try await ada.send(["type": "path.report", "call": call, "path": "turn-tls", "rtt_ms": 12.5])
        #expect(try await bob.next("path.report")["rtt_ms"] as? Int == 12)
        try await bob.send(["type": "call.end", "id": "4", "call": call, "reason": "done"])
        let ended = try await ada.next("call.ended")
        #expect(ended["reason"] as? String == "ended" && ended["detail"] as? String == "done")
        _ = try await bob.next("call.ended")

        let row = try #require(try await test.store.read { try $0.call(id: call) })
        #expect(row.state == "ended" && row.endReason == "ended" && row.pathRequester == "turn-tls")
        #expect(row.acceptedAt != nil && row.connectedAt != nil)
        let types = try await test.auditTypes().filter { $0.hasPrefix("session.") }
        #expect(types == ["session.request", "session.accepted", "session.connected", "session.ended"])
        let text = try await test.auditText()
        #expect(!text.contains("fingerprint:") && !text.contains("candidate:"))
        #expect(await test.hub.counts.calls == 0)
    }

    @Test("two people who call each other at once are in one call")
    func glare() async throws {
        let test = try TestHub()
        let ada = try await test.page(test.person("ada"))
        let bob = try await test.page(test.person("bob"))
        try await ada.send(["type": "call.request", "id": "a", "to": "bob"])
        try await bob.send(["type": "call.request", "id": "b", "to": "ada"])
        let first = try await ada.next("ack")
        let second = try await bob.next("ack")
        #expect(first["call"] as? String == second["call"] as? String)
        #expect(first["accepted"] == nil && second["accepted"] as? Bool == true)
        for page in [ada, bob] { #expect(try await page.next("call.accepted")["by"] as? String == "bob") }
    }

    @Test("busy and absent people, oneself and nobody cannot be called")
    func refusedCalls() async throws {
        let test = try TestHub()
        let ada = try await test.page(test.person("ada"))
        let bob = try await test.page(test.person("bob"))
        let cy = try await test.page(test.person("cy"))
        _ = try await test.person("dan")
        _ = try await test.person("eve", state: .disabled)
        try await ada.send(["type": "call.request", "id": "1", "to": "bob"])
        _ = try await ada.next("ack")
        try await cy.send(["type": "call.request", "id": "1", "to": "bob"])
        #expect(try await cy.next("call.ended")["reason"] as? String == "busy")
        try await cy.send(["type": "call.request", "id": "2", "to": "dan"])
        #expect(try await cy.next("call.ended")["reason"] as? String == "unavailable")
        for nobody in ["cy", "eve", "nobody", "' OR 1=1 --"] {
            #expect(try await cy.refusal(["type": "call.request", "id": "3", "to": nobody]) == "person_not_found")
        }
        #expect(try await ada.refusal(["type": "call.request", "id": "4", "to": "cy"]) == "already_in_call")
        let types = try await test.auditTypes().filter { $0.hasPrefix("session.request") }
        #expect(types == ["session.request", "session.request!", "session.request!"])
        _ = bob
    }

    @Test("a description that weakens the encryption, or a certificate of an earlier call, is refused and audited")
    func refusedDescriptions() async throws {
        let test = try TestHub()
        let ada = try await test.page(test.person("ada"))
        let bob = try await test.page(test.person("bob"))
        let first = try await connect(ada, bob)
        try await ada.send(["type": "sdp", "call": first, "kind": "offer", "sdp": sampleSDP(1)])
        _ = try await bob.next("sdp")
        // The other side's certificate.
        #expect(
            try await bob.refusal(["type": "sdp", "call": first, "kind": "answer", "sdp": sampleSDP(1)])
                == "sdp_refused")
        for weak in [
            sampleSDP(9).replacing("sha-256", with: "sha-1"),
            sampleSDP(9).replacing("UDP/TLS/RTP/SAVPF", with: "RTP/SAVPF"),
            sampleSDP(9) + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc\r\n", "v=0\r\n",
        ] {
            let code = try await ada.refusal(["type": "sdp", "call": first, "kind": "offer", "sdp": weak])
            #expect(code == "sdp_refused")
        }
        try await ada.send(["type": "call.end", "call": first])
        _ = try await bob.next("call.ended")
        _ = try await ada.next("call.ended")

        let second = try await connect(ada, bob)
        for page in [ada, bob] {
            #expect(
                try await page.refusal(["type": "sdp", "call": second, "kind": "offer", "sdp": sampleSDP(1)])
                    == "sdp_refused")
        }
        try await ada.send(["type": "sdp", "call": second, "kind": "offer", "sdp": sampleSDP(3)])
        #expect(try await bob.next("sdp")["call"] as? String == second)
        // Within a call it may be used again.
        try await ada.send(["type": "sdp", "call": second, "kind": "offer", "sdp": sampleSDP(3)])
        _ = try await bob.next("sdp")
        let types = try await test.auditTypes()
        #expect(types.count { $0 == "sdp.refused!" } == 7)
        #expect(!(try await test.auditText()).contains("inline"))
    }

    @Test("nothing passes outside of a call, and nobody else gets into one")
    func strangers() async throws {
        let test = try TestHub()
        let ada = try await test.page(test.person("ada"))
        let bob = try await test.page(test.person("bob"))
        let eve = try await test.page(test.person("eve"))
        let second = try await test.page(
            Principal(personID: "ada", sessionID: "session-ada", role: .user, address: "192.0.2.9"))
        try await ada.send(["type": "call.request", "id": "1", "to": "bob"])
        let call = try #require(try await ada.next("ack")["call"] as? String)
        #expect(
            try await ada.refusal(["type": "sdp", "call": call, "kind": "offer", "sdp": sampleSDP(1)])
                == "not_in_call")
        for type in ["call.accept", "call.reject", "call.abort", "call.end", "ice.refresh", "ice"] {
            #expect(try await eve.refusal(["type": type, "call": call, "id": "x"]) == "call_not_found")
            #expect(try await eve.refusal(["type": type, "call": "no-such-call", "id": "x"]) == "call_not_found")
        }
        try await bob.send(["type": "call.accept", "id": "2", "call": call])
        _ = try await bob.next("call.accepted")
        // A second page of the same person is not the one that the call is bound to.
        #expect(
            try await second.refusal(["type": "sdp", "call": call, "kind": "offer", "sdp": sampleSDP(1)])
                == "not_in_call")
        #expect(try await second.refusal(["type": "call.accept", "call": call]) == "call_not_found")
        let denied = try await test.auditTypes().count { $0 == "authz.denied!" }
        // Not one for each try: whoever tries does not fill the log.
        #expect(denied == 5)
    }

    @Test("calls that an earlier process left are ended by the next")
    func restart() async throws {
        let test = try TestHub()
        let ada = try await test.page(test.person("ada"))
        let bob = try await test.page(test.person("bob"))
        let call = try await connect(ada, bob)
        let next = SignalingHub(core: test.core, issuer: TestIssuer(surroundings: test.companion.surroundings))
        try await next.start()
        let row = try #require(try await test.store.read { try $0.call(id: call) })
        #expect(row.state == "ended" && row.endReason == "restart")
        #expect(try await test.auditTypes().last == "session.ended!")
    }

    @Test("a person who is signed out loses sockets and call at once")
    func revocation() async throws {
        let test = try TestHub()
        let ada = try await test.page(test.person("ada"))
        let bob = try await test.page(test.person("bob"))
        _ = try await connect(ada, bob)
        await test.hub.end(sessions: ["session-ada"], reason: "disabled")
        #expect(try await ada.next("session.ended")["reason"] as? String == "disabled")
        try await ada.untilClosed()
        #expect(ada.closeCode == 4001)
        #expect(try await bob.next("call.ended")["reason"] as? String == "revoked")
        // What it was resumed with is worth nothing.
        let again = try await test.page(
            Principal(personID: "ada", sessionID: "session-ada", role: .user, address: "192.0.2.9"))
        try await again.send(["type": "resume", "resume_id": ada.resumeID, "last": 0])
        #expect(try await again.next("welcome")["missed"] as? Bool == true)
    }

    @Test("a full disk refuses new calls in one line, and lets people hang up")
    func fullDisk() async throws {
        let test = try TestHub()
        let ada = try await test.page(test.person("ada"))
        let bob = try await test.page(test.person("bob"))
        let call = try await connect(ada, bob)
        test.store.fail(.full(path: "x"))
        #expect(
            try await ada.refusal(["type": "chat", "id": "1", "room": "x", "client_id": "1", "body": "x"])
                == "storage_full")
        try await ada.send(["type": "call.end", "id": "2", "call": call])
        _ = try await bob.next("call.ended")
        #expect(
            try await ada.refusal(["type": "call.request", "id": "3", "to": "bob"]) == "storage_full")
        test.store.fail(nil)
        // The end is written as soon as it can be.
        await test.hub.tick()
        await test.hub.settle()
        #expect(try await test.store.read { try $0.call(id: call) }?.state == "ended")
        _ = try await connect(ada, bob)
    }

    /// Brings two pages into a call.
    private func connect(_ requester: TestPage, _ callee: TestPage) async throws -> String {
        try await requester.send(
            ["type": "call.request", "id": "request", "to": callee.handle.principal.personID])
        let call = try #require(try await requester.next("ack")["call"] as? String)
        _ = try await callee.next("call.ringing")
        try await callee.send(["type": "call.accept", "call": call])
        _ = try await requester.next("call.accepted")
        _ = try await callee.next("call.accepted")
        return call
    }
}
