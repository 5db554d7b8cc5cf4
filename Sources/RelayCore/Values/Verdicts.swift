public import STUN

/// What to do with data from a client.
@frozen public enum PeerVerdict: Hashable, Sendable {
    /// Nothing: it is counted under the reason.
    case drop(DropReason)
    /// Send the payload from the relayed socket `relay` to the peer; `dontFragment` sets the DF bit [RFC 8656 15].
    case peer(relay: UInt32, TransportAddress, dontFragment: Bool)
    /// The peer is a relayed address of this process: hand the payload to `deliverHairpin` of loop `loop` for its
    /// relayed socket `relay`, as coming from `from`, the sender's relayed address.
    case hairpin(loop: UInt8, relay: UInt32, generation: UInt32, from: TransportAddress)
}

/// What to do with data from a peer.
@frozen public enum ClientVerdict: Hashable, Sendable {
    /// Nothing: it is counted under the reason.
    case drop(DropReason)
    /// Send the payload to the client as ChannelData with this number [RFC 8656 12.7].
    case channel(UInt16, ClientRoute)
    /// Send the payload to the client in a Data indication [RFC 8656 11.3]; the loop writes its header.
    case indication(ClientRoute)
}

/// What to do after a STUN message.
@frozen public enum MessageVerdict: Hashable, Sendable {
    /// Nothing: it is counted under the reason.
    case drop(DropReason)
    /// Send this many bytes of the reply buffer to the client.
    case reply(Int)
    /// A Send indication: do with the payload, which lies at this place in the message, as the verdict says.
    case send(PeerVerdict, payload: ByteRange)
    /// Drain the effects, answer each `openRelay`, then call `finishAllocate`, before any other input.
    case openRelays
    /// The stream carries no STUN: close the connection.
    case closeConnection(DropReason)
}

/// What to do with an ICMP error that concerns a relayed socket.
@frozen public enum ICMPVerdict: Hashable, Sendable {
    /// Nothing: it is counted under the reason.
    case drop(DropReason)
    /// Send this many bytes of the buffer, a Data indication with the ICMP attribute, to the client.
    case indication(Int, ClientRoute)
}
