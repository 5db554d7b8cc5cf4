import Companion
import Testing

@testable import CompanionServer

/// What holds for every request, whichever route it is for.
@Suite("Requests", .timeLimit(.minutes(2)))
struct RequestTests {
    @Test("every answer carries the security headers, and the API's are kept nowhere")
    func securityHeaders() async throws {
        try await TestServer.run { server in
            let browser = Browser(server)
            for (method, path) in [
                ("GET", "/"), ("GET", "/admin"), ("GET", "/assets/main.js"), ("GET", "/livez"), ("GET", "/none"),
                ("GET", "/api/v1/me"), ("POST", "/api/v1/sessions"), ("GET", "/api/v1/openapi.json"), ("GET", "/ws"),
            ] {
                let reply = try await browser.send(method, path)
                #expect(reply["strict-transport-security"] == "max-age=63072000", "\(path)")
                #expect(reply["x-content-type-options"] == "nosniff", "\(path)")
                #expect(reply["referrer-policy"] == "no-referrer", "\(path)")
                #expect(reply["x-frame-options"] == "DENY", "\(path)")
                #expect(reply["cross-origin-opener-policy"] == "same-origin", "\(path)")
                #expect(reply["cross-origin-resource-policy"] == "same-origin", "\(path)")
                #expect(reply["x-request-id"]?.count == 12, "\(path)")
                let policy = try #require(reply["content-security-policy"], "\(path)")
                #expect(policy.hasPrefix("default-src"))
                #expect(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"))
                #expect(!policy.contains("unsafe") && !policy.contains("*") && !policy.contains("http"))
                if path.hasPrefix("/api") { #expect(reply["cache-control"] == "no-store", "\(path)") }
            }
            let page = try await browser.send("GET", "/")
            #expect(page["permissions-policy"]?.contains("camera=(self), microphone=(self)") == true)
            #expect(page["cross-origin-embedder-policy"] == "require-corp")
        }
    }

    @Test("every error has one shape, and its id is in the log")
    func errors() async throws {
        try await TestServer.run { server in
            let browser = Browser(server)
            let cases: [(Reply, Int, String)] = [
                (try await browser.send("GET", "/none"), 404, "not_found"),
                (try await browser.api("GET", "/none"), 404, "not_found"),
                (try await browser.api("PUT", "/me"), 405, "method_not_allowed"),
                (try await browser.send("OPTIONS", "/"), 405, "method_not_allowed"),
                (try await browser.api("GET", "/me"), 401, "not_signed_in"),
                (try await browser.api("POST", "/sessions"), 400, "invalid"),
                (try await browser.api("POST", "/sessions", ["email": "a@b.c"]), 400, "invalid"),
                (
                    try await browser.api("POST", "/sessions", ["email": "a@b.c", "password": "x", "z": 1]), 400,
                    "invalid"
                ),
                (try await browser.api("GET", "/me/audit?format=xml"), 401, "not_signed_in"),
                (
                    try await browser.api(
                        "POST", "/sessions", headers: ["Content-Type": "application/json"], raw: Array("{".utf8)),
                    400, "invalid"
                ),
            ]
            for (reply, status, code) in cases {
                #expect(reply.status == status)
                #expect(reply.code == code)
                #expect(reply["content-type"] == "application/json")
                let error = try #require(reply.json?["error"])
                #expect(error["message"]?.text?.isEmpty == false)
                let id = try #require(error["request_id"]?.text)
                #expect(reply["x-request-id"] == id)
                #expect(server.log.text.contains(id))
            }
            #expect(try await browser.api("PUT", "/me")["allow"] == "GET")
            #expect(try await browser.api("PUT", "/sessions")["allow"] == "GET, POST")
            #expect(try await browser.api("DELETE", "/sessions/totp")["allow"] == "POST")
        }
    }

    @Test("only JSON is taken for JSON: what a form can send is refused")
    func contentType() async throws {
        try await TestServer.run { server in
            let body = Array(#"{"email":"a@example.org","password":"x"}"#.utf8)
            for type in [
                "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx",
            ] {
                let reply = try await Browser(server).api(
                    "POST", "/sessions", headers: ["Content-Type": type], raw: body)
                #expect(reply.status == 415, "\(type)")
            }
            for type in ["application/json", "application/json; charset=utf-8", "Application/JSON ;x=y"] {
                let reply = try await Browser(server).api(
                    "POST", "/sessions", headers: ["Content-Type": type], raw: body)
                #expect(reply.status == 401, "\(type)")
            }
        }
    }

    @Test("another site's page cannot change anything, whatever it sends along")
    func crossSite() async throws {
        try await TestServer.run { server in
            let root = try await server.administrator()
            let anna = try await server.person("anna", invitedBy: root)
            let foreign: [[String: String]] = [
                ["Origin": "https://evil.example"], ["Origin": "null"], ["Origin": "http://call.example"],
                ["Origin": "https://call.example.evil.example"], ["Origin": "", "Sec-Fetch-Site": "cross-site"],
                ["Origin": "", "Sec-Fetch-Site": "same-site"],
            ]
            for headers in foreign {
                let reply = try await anna.api("POST", "/rooms", ["members": []], headers: headers)
                #expect(reply.status == 403 && reply.code == "foreign_origin", "\(headers)")
                let signIn = try await anna.api(
                    "POST", "/sessions", ["email": "anna@example.org", "password": "x"], headers: headers)
                #expect(signIn.status == 403, "\(headers)")
            }
            for token in ["", "wrong", root.csrf ?? ""] {
                let reply = try await anna.api("POST", "/rooms", ["members": []], headers: ["X-CSRF-Token": token])
                #expect(reply.status == 403 && reply.code == "csrf", "\(token)")
            }
            // What is no browser names no origin; it has the token.
            let plain = try await anna.api("POST", "/socket-ticket", headers: ["Origin": ""])
            #expect(plain.status == 200)
            #expect(try await anna.api("GET", "/rooms").json?["rooms"]?.list == [])
        }
    }

    @Test("no request that only reads changes anything")
    func getIsSafe() async throws {
        try await TestServer.run { server in
            let root = try await server.administrator()
            for path in ["/sessions/current", "/socket-ticket", "/admin/audit/verify", "/password/change"] {
                #expect(try await root.api("GET", path).status == 405, "\(path)")
            }
        }
    }

    @Test("a body has a limit, declared or not, and the client learns it although it still sends")
    func bodyLimit() async throws {
        try await TestServer.run { server in
            let large = Array(repeating: UInt8(ascii: " "), count: 2 << 20)
            let declared = try await Browser(server).api(
                "POST", "/sessions", headers: ["Content-Type": "application/json"], raw: large)
            #expect(declared.status == 413 && declared.code == "too_large")
            #expect(declared["connection"] == "close")
            let wire = try await server.wire()
            try await wire.send(
                "POST /api/v1/sessions HTTP/1.1\r\nHost: call.example\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n8000\r\n" + String(repeating: " ", count: 0x8000) + "\r\n")
            let chunked = try #require(await wire.reply())
            #expect(chunked.status == 413)
            #expect(await wire.readToEnd() != nil)
        }
    }

    @Test("the client is who the connection is from: what a request says of it is ignored")
    func proxyHeaders() async throws {
        try await TestServer.run { server in
            let root = try await server.administrator()
            let lies = [
                "X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9",
                "True-Client-IP": "203.0.113.9",
            ]
            let sessions = try await root.api("GET", "/sessions", headers: lies)
            #expect(sessions.json?["sessions"]?.list?.first?["address"]?.text == "192.0.2.1")
            #expect(!sessions.text.contains("203.0.113.9"))
            #expect(!server.log.text.contains("203.0.113.9"))
            let audit = try await root.api("GET", "/admin/audit", headers: lies)
            #expect(audit.text.contains("192.0.2.1") && !audit.text.contains("203.0.113.9"))
        }
    }

    @Test("limits of one address hold it back, tell when to come again, and leave others alone")
    func rateLimits() async throws {
        // Time stands still: no budget is refilled while a busy machine takes its time.
        let now = Surroundings.live.now()
        try await TestServer.run(rateFactor: 1, now: { now }) { server in
            let flood = Browser(server, address: "192.0.2.66")
            var last: Reply?
            for _ in 0..<Int(RateBudget.message.burst) + 1 {
                last = try await flood.api("POST", "/password/forgot", ["email": "nobody@example.org"])
            }
            #expect(last?.status == 429)
            #expect(last?["retry-after"].flatMap { Int($0) } ?? 0 > 0)
            let other = try await Browser(server, address: "192.0.2.67").api(
                "POST", "/password/forgot", ["email": "nobody@example.org"])
            #expect(other.status == 202)
        }
    }

    @Test("passwords, tokens, codes and tickets are in no log line")
    func quietLog() async throws {
        try await TestServer.run { server in
            let root = try await server.administrator()
            let anna = try await server.person("anna", invitedBy: root)
            let ticket = try #require(try await anna.api("POST", "/socket-ticket").json?["ticket"]?.text)
            _ = try await anna.send("GET", "/ws?ticket=\(ticket)")
            _ = try await Browser(server).api(
                "POST", "/sessions", ["email": "anna@example.org", "password": "Planted-secret-1"])
            _ = try await anna.send("GET", "/none/planted-path?planted=query", headers: ["User-Agent": "a\u{1b}[31m"])
            let log = server.log.text
            for secret in [
                TestServer.password, "Planted-secret-1", ticket, anna.cookie ?? "", anna.csrf ?? "", "planted-path",
                "planted=query", "anna@example.org", "\u{1b}",
            ] {
                #expect(!log.contains(secret), "\(secret)")
            }
        }
    }

    @Test("signing in makes a new session; a value planted before is never one")
    func fixation() async throws {
        try await TestServer.run { server in
            let root = try await server.administrator()
            _ = try await server.person("anna", invitedBy: root)
            let planted = Browser(server, cookie: "plantedplantedplantedplanted")
            let anna = try await planted.signedIn("anna@example.org", TestServer.password)
            #expect(anna.cookie != planted.cookie)
            #expect(try await planted.api("GET", "/me").status == 401)
            #expect(try await anna.api("GET", "/me").status == 200)
            let gone = try await anna.api("DELETE", "/sessions/current")
            #expect(gone.status == 204)
            #expect(gone["set-cookie"]?.contains("Max-Age=0") == true)
            #expect(try await anna.api("GET", "/me").status == 401)
        }
    }
}
