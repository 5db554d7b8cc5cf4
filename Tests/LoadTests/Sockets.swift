import STUN

@testable import Load

/// A socket of loopback with a port of its own.
func peerSocket() throws -> PeerSocket {
    guard let socket = PeerSocket(at: TransportAddress(ip: IPAddress(ipv4: 0x7F00_0001), port: 0)) else {
        throw LoadFailure("no socket")
    }
    return socket
}
