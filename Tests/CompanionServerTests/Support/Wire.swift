import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

@testable import CompanionServer

/// A connection on which a test says exactly what it wants, byte by byte, and sees what comes back.
final class Wire: Sendable {
    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        struct State {
            var bytes: [UInt8] = []
            var isClosed = false
        }
        let state = Mutex(State())
        let events: AsyncStream<Void>
        let wake: AsyncStream<Void>.Continuation

        init() { (events, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            state.withLock { $0.bytes += bytes.readableBytesView }
            wake.yield()
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event as? ChannelEvent == .inputClosed { end() }
        }

        func channelInactive(context: ChannelHandlerContext) { end() }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            end()
            context.close(promise: nil)
        }

        private func end() {
            state.withLock { $0.isClosed = true }
            wake.yield()
        }
    }

    let channel: any Channel
    private let collector: Collector

    /// How long a test waits for what has to come.
    static let seconds = 10

    private init(_ channel: any Channel, _ collector: Collector) {
        self.channel = channel
        self.collector = collector
    }

    /// Over the relay's socket, with this header before everything else.
    static func handOver(_ path: String, header: [UInt8]) async throws -> Wire {
        let wire = try await connect { try await $0.connect(unixDomainSocketPath: path).get() }
        try await wire.send(header)
        return wire
    }

    /// Over TLS.
    static func tls(
        port: Int, highest: TLSVersion? = nil, lowest: TLSVersion = .tlsv12, protocols: [String] = ["http/1.1"]
    ) async throws -> Wire {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        configuration.minimumTLSVersion = lowest
        configuration.maximumTLSVersion = highest
        configuration.applicationProtocols = protocols
        let context = try NIOSSLContext(configuration: configuration)
        return try await connect(tls: context) { try await $0.connect(host: "127.0.0.1", port: port).get() }
    }

    /// Over TCP without TLS.
    static func plain(port: Int) async throws -> Wire {
        try await connect { try await $0.connect(host: "127.0.0.1", port: port).get() }
    }

    private static func connect(
        tls: NIOSSLContext? = nil, _ open: (ClientBootstrap) async throws -> any Channel
    ) async throws -> Wire {
        let collector = Collector()
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: nil))
                    }
                    try channel.pipeline.syncOperations.addHandler(collector)
                }
            }
        return Wire(try await open(bootstrap), collector)
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Whether the other side has ended its half.
    var isClosed: Bool { collector.state.withLock { $0.isClosed } }

    /// Waits until `take` finds what it looks for at the start of what came, and removes that. Nil when the other side
    /// closed before, or nothing came in time.
    func read<Value: Sendable>(_ take: @escaping @Sendable ([UInt8]) -> (Value, Int)?) async -> Value? {
        try? await withDeadline(seconds: Self.seconds) { [collector] () -> Value? in
            while true {
                let (value, isClosed) = collector.state.withLock { state -> (Value?, Bool) in
                    guard let (value, count) = take(state.bytes) else { return (nil, state.isClosed) }
                    state.bytes.removeFirst(count)
                    return (value, false)
                }
                if let value { return value }
                if isClosed { return nil }
                for await _ in collector.events { break }
                try Task.checkCancellation()
            }
        }
    }

    /// Waits until the other side has closed; what came before. Nil when it did not in time.
    func readToEnd() async -> [UInt8]? {
        try? await withDeadline(seconds: Self.seconds) { [collector] () -> [UInt8] in
            while true {
                let (bytes, isClosed) = collector.state.withLock { ($0.bytes, $0.isClosed) }
                if isClosed { return bytes }
                for await _ in collector.events { break }
                try Task.checkCancellation()
            }
        }
    }

    func close() async { try? await channel.close() }
}

/// An answer as it came over a wire.
struct Reply: Sendable {
    let status: Int
    let headers: [(name: String, value: String)]
    let body: [UInt8]

    /// The last field of this name.
    subscript(name: String) -> String? { headers.last { $0.name == name.lowercased() }?.value }

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON? { try? JSONParser.parse(body) }
    /// The code of an error.
    var code: String? { json?["error"]?["code"]?.text }

    /// The answer at the start of the bytes, and its length.
    static func parse(_ bytes: [UInt8], hasBody: Bool = true) -> (Reply, Int)? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, let status = Int(words[1]) else { return nil }
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (line[..<colon].lowercased(), String(value))
        }
        let start = end.upperBound
        if headers.contains(where: { $0.name == "transfer-encoding" }) {
            return chunked(bytes[start...]).map { (Reply(status: status, headers: headers, body: $0.0), $0.1) }
        }
        let length = hasBody ? headers.last { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0 : 0
        guard bytes.count >= start + length else { return nil }
        return (Reply(status: status, headers: headers, body: Array(bytes[start..<start + length])), start + length)
    }

    private static func chunked(_ bytes: ArraySlice<UInt8>) -> ([UInt8], Int)? {
        var rest = bytes
        var body: [UInt8] = []
        while let line = rest.firstRange(of: Array("\r\n".utf8)) {
            guard let count = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16),
                rest.endIndex >= line.upperBound + count + 2
            else { return nil }
            body += rest[line.upperBound..<line.upperBound + count]
            rest = rest[(line.upperBound + count + 2)...]
            if count == 0 { return (body, rest.startIndex) }
        }
        return nil
    }
}

extension Wire {
    /// The next answer.
    func reply(hasBody: Bool = true) async -> Reply? { await read { Reply.parse($0, hasBody: hasBody) } }
}
