import CLinux
import Glibc
import RelayCore
import STUN

/// What the core asks for, carried out: the only place where its effects reach the system.
extension EventLoop {
    /// Ports tried before a relay socket is given up: each was free in the directory, but another program held it.
    static let portAttemptsMax = 16

    mutating func carryOutEffects() {
        while let effect = core.nextEffect() {
            switch effect {
            case .openRelay(let request): openRelay(request)
            case .closeRelay(let relay, let bound): closeRelay(relay, bound)
            case .closeConnection(let slot): close(connection: slot, tellsCore: false)
            case .allocationOpened(let summary):
                forwarder?.open(summary.session.id)
                observer?.opened(summary)
            case .channelsChanged(let id): forwardChannels(of: id)
            case .allocationEnded(let summary): observer?.ended(completed(summary))
            }
        }
    }

    /// Claims a port, binds a socket to it, and tells the core where it is.
    private mutating func openRelay(_ request: RelayRequest) {
        var random = SystemRandomNumberGenerator()
        let attempts = request.reserved == nil ? Self.portAttemptsMax : 1
        for _ in 0..<attempts {
            guard let port = settings.directory.claim(request, using: &random) else {
                core.relayFailed(request.relay, .noPort)
                return
            }
            let descriptor = bind(port, request)
            if descriptor >= 0 {
                let generation = relays.add(request.relay, descriptor: descriptor)
                let token = EventToken(.relay, slot: request.relay, generation: generation)
                guard clinux_epoll_add(epoll, descriptor, UInt32(CLINUX_READABLE), token.rawValue) == 0 else {
                    _ = relays.remove(request.relay)
                    Glibc.close(descriptor)
                    settings.directory.release(port)
                    core.relayFailed(request.relay, .system)
                    return
                }
                core.relayOpened(request.relay, bound: port.bound)
                return
            }
            settings.directory.release(port)
            if -descriptor == EADDRINUSE { continue }
            counters.relayOpenFailures &+= 1
            observer?.trouble(.relaySocket(code: -descriptor))
            core.relayFailed(
                request.relay, -descriptor == EMFILE || -descriptor == ENFILE ? .noDescriptor : .system)
            return
        }
        core.relayFailed(request.relay, .noPort)
    }

    /// A socket for a claimed port, and one for the port after it when that is to be reserved. The descriptor of the
    /// first, or -errno.
    private func bind(_ port: ClaimedPort, _ request: RelayRequest) -> Int32 {
        if request.reserved != nil, let held = settings.reservedSockets.take(port.bound) { return held }
        let descriptor = openSocket(port.bound)
        guard descriptor >= 0, port.reservesNext else { return descriptor }
        let next = TransportAddress(ip: port.bound.ip, port: port.bound.port + 1)
        let reserved = openSocket(next)
        guard reserved >= 0 else {
            Glibc.close(descriptor)
            return reserved
        }
        let until = now.monotonic.advanced(bySeconds: Lifetimes.reservationSeconds)
        settings.reservedSockets.hold(reserved, next, until: until.milliseconds)
        return descriptor
    }

    private func openSocket(_ address: TransportAddress) -> Int32 {
        RelaySockets.open(
            address, receiveBufferBytes: settings.relayReceiveBufferBytes,
            sendBufferBytes: settings.relaySendBufferBytes)
    }

    private mutating func closeRelay(_ relay: UInt32, _ bound: TransportAddress) {
        if let descriptor = relays.remove(relay) {
            counters.relayReceiveDrops &+= UInt64(clinux_receive_drops(descriptor))
            Glibc.close(descriptor)
        }
        settings.directory.release(bound)
    }
}
