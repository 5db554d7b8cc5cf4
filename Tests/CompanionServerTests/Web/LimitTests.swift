import STUN
import Testing

@testable import CompanionServer

@Suite("Limits by address")
struct LimitTests {
    private let budget = RateBudget(name: "test", burst: 3, perSecond: 1)

    @Test("a burst is served, then what comes back, and the wait is told")
    func bucket() {
        let limiter = RateLimiter(capacity: 64)
        let waits = (0..<4).map { _ in limiter.take(budget, of: "a", now: 1000) }
        #expect(waits == [nil, nil, nil, 1])
        #expect(limiter.take(budget, of: "b", now: 1000) == nil)
        #expect(limiter.take(budget, of: "a", now: 2000) == nil)
        #expect(limiter.take(budget, of: "a", now: 2000) == 1)
        #expect(limiter.take(RateBudget(name: "slow", burst: 0, perSecond: 0.1), of: "a", now: 0) == 10)
    }

    @Test("a flood of other keys does not set free who is held back")
    func flood() {
        let limiter = RateLimiter(capacity: 64)
        for _ in 0..<3 { _ = limiter.take(budget, of: "attacker", now: 0) }
        for key in 0..<10_000 { _ = limiter.take(budget, of: key, now: 0) }
        #expect(limiter.take(budget, of: "attacker", now: 0) != nil)
    }

    @Test("a clock that goes back takes nothing away and gives nothing")
    func clockGoesBack() {
        let limiter = RateLimiter(capacity: 8)
        for _ in 0..<3 { _ = limiter.take(budget, of: "a", now: 5000) }
        #expect(limiter.take(budget, of: "a", now: 0) == 1)
    }

    @Test("one subscriber's IPv6 network is one client")
    func subscriber() {
        #expect(IPAddress("2001:db8::1")!.subscriber == IPAddress("2001:db8::ffff:1")!.subscriber)
        #expect(IPAddress("2001:db8::1")!.subscriber != IPAddress("2001:db8:0:1::1")!.subscriber)
        #expect(IPAddress("192.0.2.1")!.subscriber != IPAddress("192.0.2.2")!.subscriber)
    }
}

@Suite("Origins")
struct OriginTests {
    @Test("with a list, what is on it; whatever the request says of its host")
    func list() {
        let policy = OriginPolicy(["https://Call.example.org"])
        #expect(policy.allows(origin: "https://call.example.org", host: nil))
        #expect(policy.allows(origin: "https://call.example.org:443", host: "x"))
        for origin in [
            "http://call.example.org", "https://call.example.org:8443", "https://evil.example", "null", "",
            "https://call.example.org.evil.example", "https://evil.example/https://call.example.org",
        ] {
            #expect(!policy.allows(origin: origin, host: "evil.example"), "\(origin)")
        }
    }

    @Test("without a list, the host that the request is sent to")
    func host() {
        let policy = OriginPolicy()
        #expect(policy.allows(origin: "https://10.0.0.1:8443", host: "10.0.0.1:8443"))
        #expect(policy.allows(origin: "https://a.example", host: "a.example:443"))
        #expect(!policy.allows(origin: "https://evil.example", host: "a.example"))
        #expect(!policy.allows(origin: "http://a.example", host: "a.example"))
        #expect(!policy.allows(origin: "null", host: nil))
    }
}

@Suite("Session cookie")
struct SessionCookieTests {
    @Test("the token is found among others, and two are none")
    func token() {
        #expect(SessionCookie.token(in: ["a=b; __Host-tern=abc; c=d"]) == "abc")
        #expect(SessionCookie.token(in: ["__Host-tern=abc", "x=y"]) == "abc")
        #expect(SessionCookie.token(in: ["__Host-tern=abc; __Host-tern=def"]) == nil)
        #expect(SessionCookie.token(in: ["__Host-tern=", "x__Host-tern=a", "__host-tern=a"]) == nil)
        #expect(SessionCookie.token(in: ["__Host-tern=" + String(repeating: "a", count: 129)]) == nil)
    }

    @Test("it is out of reach of scripts, of plain HTTP, of other hosts and of other sites")
    func attributes() {
        for cookie in [SessionCookie.setting("t"), SessionCookie.clearing] {
            for part in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"] { #expect(cookie.contains(part)) }
            #expect(!cookie.contains("Domain"))
        }
    }
}
