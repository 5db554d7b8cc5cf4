import HTTPTypes

/// The description of the API for programs, OpenAPI 3.1, made from the table that the router is made from.
enum APIDocument {
    static func make(_ routes: [Route], serviceName: String) -> JSON {
        var schemas: [String: JSON] = ["Error": errorSchema]
        var paths: [String: [String: JSON]] = [:]
        for route in routes {
            if case .json(let schema) = route.input { schema.collectNames(into: &schemas) }
            if case .json(_, let schema) = route.output { schema.collectNames(into: &schemas) }
            paths[route.path, default: [:]][route.method.rawValue.lowercased()] = operation(route)
        }
        return [
            "openapi": "3.1.0",
            "info": ["title": .text(serviceName), "version": "1"],
            "servers": [["url": .text(Route.base)]],
            "paths": .object(paths.mapValues(JSON.object)),
            "components": ["schemas": .object(schemas), "securitySchemes": securitySchemes],
        ]
    }

    private static func operation(_ route: Route) -> JSON {
        var members: [String: JSON] = [
            "summary": .text(route.summary), "operationId": .text(name(route)),
            "responses": .object(responses(route)),
        ]
        let parameters = parameters(route)
        if !parameters.isEmpty { members["parameters"] = .list(parameters) }
        switch route.input {
        case .nothing: break
        case .json(let schema):
            members["requestBody"] = [
                "required": true, "content": ["application/json": ["schema": schema.document]],
            ]
        case .file:
            members["requestBody"] = [
                "required": true,
                "content": ["application/octet-stream": ["schema": ["type": "string", "format": "binary"]]],
            ]
        }
        if route.access != .anyone {
            let needed: [String: JSON] = route.isSafe ? ["session": []] : ["session": [], "csrf": []]
            members["security"] = [.object(needed)]
        }
        return .object(members)
    }

    /// `postRoomsIdMembers`.
    private static func name(_ route: Route) -> String {
        let words = route.path.split { !$0.isLetter && !$0.isNumber }
        return route.method.rawValue.lowercased() + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static func parameters(_ route: Route) -> [JSON] {
        let inPath = route.parameters.map { name -> JSON in
            [
                "name": .text(name), "in": "path", "required": true,
                "schema": ["type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"],
            ]
        }
        let inQuery = route.query.map { field -> JSON in
            ["name": .text(field.name), "in": "query", "required": false, "schema": field.schema.document]
        }
        guard case .file = route.input else { return inPath + inQuery }
        let name: JSON = [
            "name": "X-File-Name", "in": "header", "required": true,
            "description": "The file's name, as percent-encoded UTF-8.",
            "schema": ["type": "string", "minLength": 1, "maxLength": 1024],
        ]
        return inPath + inQuery + [name]
    }

    private static func responses(_ route: Route) -> [String: JSON] {
        var all: [String: JSON] = [:]
        for status in route.statusesOfRefusal {
            all[String(status)] = [
                "description": .text(HTTPResponse.Status(code: status).reasonPhrase),
                "content": ["application/json": ["schema": ["$ref": "#/components/schemas/Error"]]],
            ]
        }
        switch route.output {
        case .json(let status, let schema):
            all[String(status)] = [
                "description": "Done.", "content": ["application/json": ["schema": schema.document]],
            ]
        case .nothing(let status): all[String(status)] = ["description": "Done."]
        case .file:
            all["200"] = [
                "description": "A file to be saved.",
                "content": ["*/*": ["schema": ["type": "string", "format": "binary"]]],
            ]
        }
        return all
    }

    private static let errorSchema: JSON = [
        "type": "object", "required": ["error"],
        "properties": [
            "error": [
                "type": "object", "required": ["code", "message", "request_id"],
                "properties": [
                    "code": ["type": "string"], "message": ["type": "string"], "request_id": ["type": "string"],
                ],
            ]
        ],
    ]

    private static let securitySchemes: JSON = [
        "session": ["type": "apiKey", "in": "cookie", "name": .text(SessionCookie.name)],
        "csrf": ["type": "apiKey", "in": "header", "name": "X-CSRF-Token"],
    ]
}

extension Route {
    /// Statuses of all refusals this route can answer with.
    var statusesOfRefusal: [Int] {
        var all: Set<Int> = [429, 500, 503]
        all.formUnion(refusals)
        if access != .anyone { all.formUnion([401, 403]) }
        if !isSafe { all.formUnion([400, 403, 408, 413, 415, 507]) }
        if !query.isEmpty { all.insert(400) }
        if !parameters.isEmpty { all.insert(404) }
        if case .file = input { all.insert(411) }
        // What is handed out is audited first.
        if case .file = output { all.insert(507) }
        return all.sorted()
    }
}
