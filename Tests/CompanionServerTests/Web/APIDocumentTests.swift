import HTTPTypes
import Testing

@testable import CompanionServer

/// The description of the API is true to the router, because both come from one table.
@Suite("API document", .timeLimit(.minutes(2)))
struct APIDocumentTests {
    @Test("what is served lists the routes of the table, no more and no fewer, with all that is referred to")
    func complete() async throws {
        try await TestServer.run { server in
            let reply = try await Browser(server).api("GET", "/openapi.json")
            #expect(reply.status == 200)
            let document = try #require(reply.json)
            #expect(document["openapi"]?.text == "3.1.0")
            guard case .object(let paths) = document["paths"] else {
                Issue.record("no paths")
                return
            }
            let told = paths.flatMap { path, item -> [String] in
                guard case .object(let operations) = item else { return [] }
                return operations.keys.map { "\($0.uppercased()) \(path)" }
            }
            let table = RouteTable.make(server.core, server.services)
            #expect(Set(told) == Set(table.map { "\($0.method.rawValue) \($0.path)" }))
            #expect(told.count == table.count)

            guard case .object(let schemas) = document["components"]?["schemas"] else {
                Issue.record("no schemas")
                return
            }
            let references = reply.text.matches(of: /#\/components\/schemas\/(\w+)/).map { String($0.output.1) }
            for name in references { #expect(schemas[name] != nil, "\(name) is nowhere") }
            let names = reply.text.matches(of: /"operationId":"(\w+)"/).map { String($0.output.1) }
            #expect(Set(names).count == table.count)
        }
    }

    @Test("each route of the table is one of the router's, and another method is none")
    func routed() async throws {
        try await TestServer.run { server in
            let browser = Browser(server)
            for route in RouteTable.make(server.core, server.services) {
                let path = route.path.replacing(/\{\w+\}/, with: "aaaa")
                let reply = try await browser.api(route.method.rawValue, path)
                #expect(reply.status != 404 && reply.status != 405, "\(route.method) \(route.path): \(reply.status)")
                #expect(try await browser.api("TRACE", path).status == 405, "\(route.path)")
            }
        }
    }

    @Test("paths and parameters of the table hang together")
    func parameters() async throws {
        try await TestServer.run { server in
            for route in RouteTable.make(server.core, server.services) {
                #expect(Set(route.parameters).count == route.parameters.count)
                #expect(!route.routerPath.contains("{") && !route.routerPath.contains("}"))
                if route.isSafe, case .nothing = route.input { continue }
                #expect(!route.isSafe, "\(route.path) reads and takes a body")
            }
        }
    }
}
