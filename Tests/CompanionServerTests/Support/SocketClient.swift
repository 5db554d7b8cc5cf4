import Testing

@testable import CompanionServer

/// A WebSocket as a client writes it, frame by frame.
struct SocketClient: Sendable {
    /// A frame from the server.
    struct Frame: Sendable, Equatable {
        let opcode: UInt8
        let payload: [UInt8]

        var text: String { String(decoding: payload, as: UTF8.self) }
        var json: JSON? { try? JSONParser.parse(payload) }
        /// The code of a closing frame.
        var closeCode: Int? { opcode == 8 && payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil }
    }

    let wire: Wire

    static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    /// What RFC 6455 1.3 computes for that key.
    static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    /// The request for an upgrade. Headers with an empty value are left out.
    static func request(_ browser: Browser, ticket: String?, headers: [String: String] = [:]) -> [UInt8] {
        let upgrade = [
            "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "X-CSRF-Token": "",
            "Sec-WebSocket-Key": key, "Sec-WebSocket-Protocol": "tern.v1",
        ].merging(headers) { $1 }
        return browser.request("GET", "/ws" + (ticket.map { "?ticket=" + $0 } ?? ""), headers: upgrade)
    }

    /// Upgrades; the answer when it was refused.
    static func open(
        _ browser: Browser, ticket: String?, headers: [String: String] = [:], name: String = "upgrade"
    ) async throws -> (SocketClient?, Reply) {
        let wire = try await browser.server.wire(from: browser.address)
        try await wire.send(request(browser, ticket: ticket, headers: headers))
        let reply = try #require(await wire.reply(), "\(name): no answer")
        return (reply.status == 101 ? SocketClient(wire: wire) : nil, reply)
    }

    /// A socket with a fresh ticket, behind its welcome.
    static func open(_ browser: Browser) async throws -> SocketClient {
        let ticket = try #require(try await browser.api("POST", "/socket-ticket").json?["ticket"]?.text)
        let (client, reply) = try await open(browser, ticket: ticket)
        let socket = try #require(client, "\(reply.status) \(reply.text)")
        let welcome = try #require(await socket.next(type: "welcome"))
        #expect(welcome["person"]?["id"]?.text == browser.personID)
        return socket
    }

    /// Sends a frame; masked as clients have to.
    func send(
        opcode: UInt8 = 1, _ payload: [UInt8], isLast: Bool = true, isMasked: Bool = true, reserved: UInt8 = 0
    ) async throws {
        var bytes: [UInt8] = [(isLast ? 0x80 : 0) | reserved << 4 | opcode]
        let mask: UInt8 = isMasked ? 0x80 : 0
        switch payload.count {
        case 0...125: bytes.append(mask | UInt8(payload.count))
        case 126...0xFFFF: bytes += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        default: bytes += [mask | 127] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        let key: [UInt8] = [0x11, 0x22, 0x33, 0x44]
        if isMasked { bytes += key }
        bytes += isMasked ? payload.enumerated().map { $1 ^ key[$0 % 4] } : payload
        try await wire.send(bytes)
    }

    func send(_ json: JSON) async throws { try await send(Array(json.document.utf8)) }

    /// The next frame.
    func next() async -> Frame? {
        await wire.read { bytes in
            guard bytes.count >= 2 else { return nil }
            var start = 2
            var count = Int(bytes[1] & 0x7F)
            let extended = count == 126 ? 2 : count == 127 ? 8 : 0
            guard bytes.count >= start + extended else { return nil }
            if extended > 0 { count = bytes[start..<start + extended].reduce(0) { $0 << 8 | Int($1) } }
            start += extended
            guard bytes.count >= start + count else { return nil }
            return (Frame(opcode: bytes[0] & 0x0F, payload: Array(bytes[start..<start + count])), start + count)
        }
    }

    /// The next message of this type; others are passed over.
    func next(type: String) async -> JSON? {
        while let frame = await next() {
            if frame.opcode == 1, let json = frame.json, json["type"]?.text == type { return json }
        }
        return nil
    }

    /// The code with which the server closes; others are passed over.
    func closeCode() async -> Int? {
        while let frame = await next() {
            if let code = frame.closeCode { return code }
        }
        return nil
    }
}
