import Foundation
import TURNClient
import Testing

@testable import Probe

@Suite("Targets")
struct TargetTests {
    @Test("a URI says what is asked for, and whether DNS may name another port")
    func targets() throws {
        let turn = try ProbeTarget.parse("turns:relay.example:443")
        #expect(turn.service == .turn && turn.uri.transport == .tls && turn.uri.port == 443 && turn.isExplicit)
        #expect(!(try ProbeTarget.parse("turn:relay.example").isExplicit))
        #expect(!(try ProbeTarget.parse("turn:[2001:db8::1]").isExplicit))
        #expect(try ProbeTarget.parse("turn:relay.example?transport=tcp").isExplicit)
        let stun = try ProbeTarget.parse("stun:relay.example:3479")
        #expect(stun.service == .stun && stun.uri.transport == .udp)
        #expect(stun.description == "stun:relay.example:3479")
        #expect(throws: RelayURI.Problem.self) { try ProbeTarget.parse("http://relay.example") }
    }

    @Test("ICE servers are read in each form that browsers take")
    func iceServers() throws {
        let list =
            #"[{"urls": "stun:a.example"}, "#
            + #"{"urls": ["turn:b.example", "turns:b.example"], "username": "u", "credential": "p"}]"#
        let servers = try ICEServers(json: Data(list.utf8))
        #expect(servers.entries.map(\.uris) == [["stun:a.example"], ["turn:b.example", "turns:b.example"]])
        #expect(servers.entries[1].username == "u" && servers.entries[1].credential == "p")
        #expect(try ICEServers(json: Data(#"{"iceServers": \#(list)}"#.utf8)).entries.count == 2)
        let one = #"{"iceServers": {"urls": "turn:c.example", "username": "u", "credential": "p"}}"#
        #expect(try ICEServers(json: Data(one.utf8)).entries.map(\.uris) == [["turn:c.example"]])
        #expect(try ICEServers(json: Data(#"{"ice_servers": [{"urls": "stun:d.example"}]}"#.utf8)).entries.count == 1)
        let issued = #"{"username": "u", "password": "p", "ttl": 60, "uris": ["turn:e.example", "turns:e.example"]}"#
        let entry = try #require(try ICEServers(json: Data(issued.utf8)).entries.first)
        #expect(entry.uris.count == 2 && entry.credential == "p")
    }

    @Test(
        "what is no list of ICE servers is told",
        arguments: [
            (#"{"servers": []}"#, "no list"), ("[]", "names no server"), ("<html>", "no list"), ("", "no list"),
            (#"[{"urls": 5}]"#, "no list"),
            (#"[{"urls": [\#(Array(repeating: "\"stun:a.example\"", count: 65).joined(separator: ","))]}]"#, "65 URIs"),
        ])
    func noICEServers(json: String, expected: String) {
        #expect {
            try ICEServers(json: Data(json.utf8))
        } throws: { "\($0)".contains(expected) }
    }

    @Test("a list is fetched in clear from this machine alone, and what is secret in its address is not shown")
    func iceServerAddresses() throws {
        #expect(ICEServerSource.isAddress("https://a.example/x") && ICEServerSource.isAddress("HTTP://localhost"))
        #expect(!ICEServerSource.isAddress("servers.json") && !ICEServerSource.isAddress("-"))
        #expect(try ICEServerSource("http://127.0.0.1:8080/ice").url.port == 8_080)
        #expect {
            try ICEServerSource("http://user:hidden@app.example/ice?key=hidden")
        } throws: { "\($0)".contains("in clear") && !"\($0)".contains("hidden") }
        #expect(throws: ICEServerSource.Failure.self) { try ICEServerSource("https://") }
    }

    @Test("NAPTR records lead to SRV records and addresses elsewhere, in their order; circles end")
    func pointers() {
        let zone: [String: [DNSRecord]] = [
            "_turns._tcp.other.example": [.service(priority: 1, weight: 0, port: 443, target: "a.example")],
            "next.example": [
                .pointer(
                    order: 1, preference: 1, flags: "A", service: "RELAY:turn.udp:turn.tls", replacement: "b.example"),
                .pointer(order: 2, preference: 1, flags: "", service: "RELAY:turn.udp", replacement: "next.example"),
            ],
        ]
        let first: [DNSRecord] = [
            .pointer(order: 20, preference: 1, flags: "", service: "RELAY:turn.udp", replacement: "next.example"),
            .pointer(
                order: 10, preference: 1, flags: "s", service: "RELAY:turn.tls",
                replacement: "_turns._tcp.other.example"),
            .pointer(order: 5, preference: 1, flags: "s", service: "SIP+D2U", replacement: "_sip._udp.other.example"),
        ]
        let found = PointerLookup.services(of: first, host: "relay.example") { name, _ in
            NameLookup.Outcome(records: zone[name] ?? [])
        }
        #expect(
            found == [
                "turns:a.example:443?transport=tcp", "turn:b.example:3478?transport=udp",
                "turns:b.example:5349?transport=tcp",
            ])
    }

    @Test("the other usual ways to a host are added once, and do not count")
    func usualPorts() throws {
        let listed = ProbePlan.Item(target: try ProbeTarget.parse("turns:relay.example:443"), user: "u", password: "p")
        let all = ProbePlan.withUsualPorts([listed])
        #expect(
            all.map(\.target.uri.description) == [
                "turns:relay.example:443?transport=tcp", "turn:relay.example:3478?transport=udp",
                "turn:relay.example:3478?transport=tcp",
            ])
        #expect(all.map(\.isCounted) == [true, false, false])
        #expect(ProbePlan.withUsualPorts(all).count == 3)
    }

    @Test("a proxy is read from its URL, and from the environment")
    func proxies() throws {
        let plain = try #require(ProxyAddress("http://proxy.example:8080/"))
        #expect(plain.description == "proxy.example:8080" && plain.authorization == nil)
        #expect(ProxyAddress("http://a%40b:c@[2001:db8::1]:3128")?.authorization == "Basic YUBiOmM=")
        #expect(ProxyAddress("proxy.example")?.port == 3_128)
        for wrong in ["https://proxy.example", "http://", "http://proxy:0", "http://proxy:x"] {
            #expect(ProxyAddress(wrong) == nil, "\(wrong)")
        }
        let environment = ["https_proxy": "http://p:1", "no_proxy": "localhost, .internal.example"]
        #expect(ProxyAddress.named(in: environment, for: "relay.example")?.port == 1)
        #expect(ProxyAddress.named(in: environment, for: "a.internal.example") == nil)
        #expect(ProxyAddress.named(in: [:], for: "relay.example") == nil)
    }

    @Test("the ways in which a proxy wants a password are found among what is quoted")
    func schemes() {
        let head = "HTTP/1.1 407 Proxy Authentication Required\r\n"
        let answers: [(String, [String])] = [
            ("Proxy-Authenticate: Basic realm=\"Ward 3, east\"", ["Basic"]),
            (
                "proxy-authenticate: Digest realm=\"a, Basic b\", nonce=\"x\", qop=\"auth,auth-int\", stale=false",
                ["Digest"]
            ),
            ("Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\nVia: Basic", ["Negotiate", "NTLM"]),
            ("Proxy-Authenticate: Digest realm=\"a\", Basic realm=\"b\"", ["Digest", "Basic"]),
            ("WWW-Authenticate: Basic", []),
        ]
        for (lines, schemes) in answers {
            #expect(ProxyTunnel.schemes(in: head + lines + "\r\n\r\n") == schemes, "\(lines)")
        }
    }

    @Test("SRV records become URIs in the order of their priority")
    func services() {
        let records: [[DNSRecord]] = [
            [], [], [],
            [
                .service(priority: 20, weight: 0, port: 3_479, target: "b.example"),
                .service(priority: 10, weight: 0, port: 3_478, target: "a.example"),
            ], [], [.service(priority: 0, weight: 0, port: 443, target: "c.example")],
        ]
        #expect(
            NameLookup.services(of: records) == [
                "turn:a.example:3478?transport=udp", "turn:b.example:3479?transport=udp",
                "turns:c.example:443?transport=tcp",
            ])
    }
}
