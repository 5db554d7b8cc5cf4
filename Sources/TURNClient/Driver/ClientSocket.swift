public import Glibc
public import STUN

/// A client's socket to a relay: UDP, TCP or TLS, connected, non-blocking.
public struct ClientSocket: ~Copyable {
    /// The descriptor, for `poll`.
    public let descriptor: Int32
    /// The client's own address.
    public let local: TransportAddress
    /// The relay's address.
    public let remote: TransportAddress
    private var tls: TLSSession?

    /// Connects to the relay, trying all addresses of its name in turn.
    public init(
        to uri: RelayURI, trust: CertificateTrust = .system, timeoutMilliseconds: UInt64 = 5_000
    ) throws(ClientSocketFailure) {
        let isStream = uri.transport != .udp
        var last = ClientSocketFailure.timedOut
        for address in try SocketAddress.resolve(uri.host, port: uri.port, isStream: isStream) {
            do {
                try self.init(
                    to: address, transport: uri.transport, host: uri.host, trust: trust,
                    timeoutMilliseconds: timeoutMilliseconds)
                return
            } catch {
                last = error
            }
        }
        throw last
    }

    /// Connects to one address. `host` is what a certificate must name.
    public init(
        to address: TransportAddress, transport: RelayURI.Transport, host: String, trust: CertificateTrust = .system,
        timeoutMilliseconds: UInt64 = 5_000
    ) throws(ClientSocketFailure) {
        let deadline = ClientClock.milliseconds + timeoutMilliseconds
        try self.init(
            connected: ClientSocket.connect(to: address, transport, timeoutMilliseconds: timeoutMilliseconds),
            remote: address, transport: transport, host: host, trust: trust,
            timeoutMilliseconds: deadline - min(ClientClock.milliseconds, deadline))
    }

    /// Takes over a connected, non-blocking descriptor, and runs the TLS handshake over it when the transport is TLS.
    ///
    /// `host` is what the certificate must name. Without `judgesCertificate` a certificate that is not to be trusted
    /// ends nothing: `tlsFacts` tells its problem, and the caller decides.
    public init(
        connected descriptor: Int32, remote: TransportAddress, transport: RelayURI.Transport, host: String,
        trust: CertificateTrust = .system, judgesCertificate: Bool = true, timeoutMilliseconds: UInt64 = 5_000
    ) throws(ClientSocketFailure) {
        do throws(ClientSocketFailure) {
            let deadline = ClientClock.milliseconds + timeoutMilliseconds
            if transport != .udp {
                var on: Int32 = 1
                setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
            }
            tls =
                transport == .tls
                ? try ClientSocket.handshake(
                    TLSSession(descriptor, host: host, trust: trust, judges: judgesCertificate), descriptor, deadline)
                : nil
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.remote = remote
        local = SocketAddress.local(of: descriptor) ?? TransportAddress(ip: .anyIPv4, port: 0)
    }

    /// A new socket connected to `address`: the caller closes it, or hands it to `init(connected:)`.
    public static func connect(
        to address: TransportAddress, _ transport: RelayURI.Transport, timeoutMilliseconds: UInt64 = 5_000
    ) throws(ClientSocketFailure) -> Int32 {
        let family = address.family == .ipv4 ? AF_INET : AF_INET6
        let kind = Int32((transport == .udp ? SOCK_DGRAM : SOCK_STREAM).rawValue)
        let descriptor = socket(family, kind | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .current("socket") }
        do throws(ClientSocketFailure) {
            try connect(descriptor, address, ClientClock.milliseconds + timeoutMilliseconds)
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// The addresses of a host: an address as it is, a name through the system's resolver.
    public static func addresses(of host: String, port: UInt16) throws(ClientSocketFailure) -> [TransportAddress] {
        try SocketAddress.resolve(host, port: port, isStream: true)
    }

    /// Calls `body` with the kernel's form of an address.
    public static func withKernelAddress<Result>(
        _ address: TransportAddress, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        SocketAddress.with(address, body)
    }

    /// What the TLS handshake agreed on and which certificates came; nil without TLS.
    public var tlsFacts: TLSFacts? {
        guard tls != nil else { return nil }
        return tls!.facts()
    }

    deinit {
        close(descriptor)
    }

    // MARK: - Bytes

    /// Sends a datagram, or all bytes into the stream, waiting at most `timeoutMilliseconds` for room.
    public func send(_ bytes: [UInt8], timeoutMilliseconds: UInt64 = 5_000) throws(ClientSocketFailure) {
        let deadline = ClientClock.milliseconds + timeoutMilliseconds
        var sent = 0
        while sent < bytes.count {
            let outcome = bytes.withUnsafeBytes { write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
            switch outcome {
            case .done(let count): sent += count
            case .wantsInput: try ClientSocket.wait(descriptor, POLLIN, deadline)
            case .wantsOutput: try ClientSocket.wait(descriptor, POLLOUT, deadline)
            case .closed: throw .closed
            case .failed(let failure): throw failure
            }
        }
    }

    /// Receives a datagram, or what the stream has; nil when there is nothing now.
    public func receive(into buffer: inout [UInt8]) throws(ClientSocketFailure) -> Int? {
        switch buffer.withUnsafeMutableBytes({ read(into: $0) }) {
        case .done(let count): return count
        case .wantsInput, .wantsOutput: return nil
        case .closed: throw .closed
        case .failed(let failure): throw failure
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> TLSSession.Outcome {
        if tls != nil { return tls!.write(bytes) }
        while true {
            let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return .done(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wantsOutput
            default: return .failed(.current("send"))
            }
        }
    }

    private func read(into buffer: UnsafeMutableRawBufferPointer) -> TLSSession.Outcome {
        if tls != nil { return tls!.read(into: buffer) }
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            // Zero bytes are the end of a stream; a relay sends no empty datagram.
            if count == 0 { return .closed }
            if count > 0 { return .done(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wantsInput
            default: return .failed(.current("recv"))
            }
        }
    }

    // MARK: - Setting up

    private static func connect(
        _ descriptor: Int32, _ address: TransportAddress, _ deadline: UInt64
    ) throws(ClientSocketFailure) {
        let result = SocketAddress.with(address) { Glibc.connect(descriptor, $0, $1) }
        guard result != 0 else { return }
        guard errno == EINPROGRESS else { throw .current("connect") }
        try wait(descriptor, POLLOUT, deadline)
        var code: Int32 = 0
        var count = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &count) == 0 else { throw .current("getsockopt") }
        guard code == 0 else {
            errno = code
            throw .current("connect")
        }
    }

    private static func handshake(
        _ session: consuming TLSSession, _ descriptor: Int32, _ deadline: UInt64
    ) throws(ClientSocketFailure) -> TLSSession {
        while true {
            switch session.handshake() {
            case .done: return session
            case .wantsInput: try wait(descriptor, POLLIN, deadline)
            case .wantsOutput: try wait(descriptor, POLLOUT, deadline)
            case .closed: throw .closed
            case .failed(let failure): throw failure
            }
        }
    }

    /// Waits until the socket can do `what`; throws when the deadline passes first.
    private static func wait(_ descriptor: Int32, _ what: Int32, _ deadline: UInt64) throws(ClientSocketFailure) {
        guard ClientClock.wait(on: [descriptor], for: what, until: deadline) else { throw .timedOut }
    }
}
