import CLinux
import Glibc
public import RelayCore
public import STUN

/// A bound socket that clients reach, opened before any loop runs so that a taken port stops the start.
public struct ListeningSocket: Sendable {
    /// Its descriptor; whoever holds the value last closes it.
    public let descriptor: Int32
    /// What clients speak on it.
    public let transport: ClientTransport
    /// Where it is bound, with the port that the system chose when 0 was asked for.
    public let address: TransportAddress
    /// Its number among the listeners of the relay: part of a client's five-tuple. The same in every loop.
    public let index: UInt16

    /// Connections waiting to be accepted.
    static let backlog: Int32 = 4096

    /// Opens a socket that shares its port with the same listener of the other loops (SO_REUSEPORT).
    ///
    /// - Parameter isFirst: whether it is the first of its port. Then nobody else may hold the port: the kernel would
    ///   let two relays of one user share it, and clients would meet either.
    /// - Throws: `SocketError` when the address cannot be bound.
    public init(
        transport: ClientTransport, address: TransportAddress, index: UInt16, receiveBufferBytes: Int,
        sendBufferBytes: Int, isFirst: Bool
    ) throws(SocketError) {
        let isStream = transport == .tcp || transport == .tls
        let operation = "listen on \(transport)://\(address)"
        var name = clinux_sockaddr()
        let length = clinux_pack(&name, address.ip.high, address.ip.low, address.port, address.ip.family.rawValue)
        let type = Int32((isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue)
        if isFirst && address.port != 0 {
            let probe = clinux_bound_socket(type, &name, length, 0)
            guard probe >= 0 else { throw SocketError(operation: operation, code: -probe) }
            _ = Glibc.close(probe)
        }
        let descriptor = clinux_bound_socket(type, &name, length, 1)
        guard descriptor >= 0 else { throw SocketError(operation: operation, code: -descriptor) }
        if isStream {
            guard listen(descriptor, Self.backlog) == 0 else {
                let code = errno
                _ = Glibc.close(descriptor)
                throw SocketError(operation: operation, code: code)
            }
        } else {
            clinux_prepare_udp(descriptor, Int32(address.ip.family.rawValue), 1, 0)
            clinux_set_buffers(descriptor, Int32(receiveBufferBytes), Int32(sendBufferBytes))
        }
        self.descriptor = descriptor
        self.transport = transport
        self.address = TransportAddress(clinux_local_address(descriptor))
        self.index = index
    }

    /// Closes a socket that no loop has taken over.
    public func close() { _ = Glibc.close(descriptor) }
}
