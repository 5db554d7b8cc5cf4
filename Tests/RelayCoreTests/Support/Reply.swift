import Credentials
import Integrity
import RelayCore
import STUN

/// An answer of the relay, taken apart.
struct Reply {
    let bytes: [UInt8]
    let index: MessageIndex

    init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        index = try MessageIndex.parse(bytes.span.bytes)
    }

    var isSuccess: Bool { index.type.messageClass == .success }
    var code: ErrorCode? { index.error(in: bytes.span.bytes).value }
    var lifetime: UInt32? { index.lifetimeSeconds(in: bytes.span.bytes).value }
    var mapped: TransportAddress? { index.reflexiveAddress(in: bytes.span.bytes).value }
    var token: UInt64? { index.reservationTokenValue(in: bytes.span.bytes).value }
    var addressError: AddressError? { index.addressError(in: bytes.span.bytes).value }
    var peer: TransportAddress? { index.peerAddress(in: bytes.span.bytes).value }
    var icmp: ICMPValue? { index.icmpError(in: bytes.span.bytes).value }
    var nonce: [UInt8]? { index.nonce.map { Array(bytes[$0.range]) } }
    var alternateServer: TransportAddress? {
        index.plainAddress(index.alternateServer, in: bytes.span.bytes).value
    }
    var relayed: [TransportAddress] {
        var addresses: [TransportAddress] = []
        var cursor = index.attributes
        while let range = cursor.next(.xorRelayedAddress, in: bytes.span.bytes) {
            if let address = index.xorAddress(range, in: bytes.span.bytes).value { addresses.append(address) }
        }
        return addresses
    }

    /// Whether the integrity attribute was made with this login's key.
    func isSealed(by login: Login) -> Bool {
        var mac = MessageAuthenticator()
        return MessageSeal.verifyIntegrity(
            bytes.span.bytes, index, key: login.key.md5.span, using: &mac)
    }
}
