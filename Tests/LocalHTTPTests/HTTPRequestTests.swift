import LocalHTTP
import Testing

@Suite("Requests")
struct HTTPRequestTests {
    @Test("a path's segments are decoded one by one")
    func segments() {
        func segments(_ target: String) -> [String] { HTTPRequest(method: "GET", target: target).segments }
        #expect(segments("/v1/policy/%5B%3A%3A1%5D%3A9?x=1") == ["v1", "policy", "[::1]:9"])
        #expect(segments("/a%2Fb//c/") == ["a/b", "c"])
        #expect(segments("/a/../b") == ["a", "..", "b"])
        #expect(segments("/%zz/%") == ["%zz", "%"])
        #expect(segments("http://localhost:80/v1/status") == ["v1", "status"])
        #expect(segments("http://localhost").isEmpty && segments("*") == ["*"] && segments("").isEmpty)
        #expect(HTTPRequest(method: "GET", target: "/a://b?c").path == "/a://b")
    }

    @Test("a query is read by name")
    func query() {
        let request = HTTPRequest(method: "GET", target: "/x?limit=5&after&n%61me=a%26b=c&limit=6?")
        #expect(request.path == "/x")
        #expect(request.query("limit") == "5" && request.query("after") == "" && request.query("name") == "a&b=c")
        #expect(request.query("x") == nil && HTTPRequest(method: "GET", target: "/x").query("limit") == nil)
    }
}
