public import STUN

/// Why a request was refused: small and without text until somebody reads it.
public enum Refusal: Sendable, Equatable {
    /// It came without credentials: how every client begins.
    case noCredentials
    /// An attribute that has to be there is not.
    case missing(AttributeType)
    /// An attribute has a size or content it cannot have.
    case malformed(AttributeType)
    /// PASSWORD-ALGORITHMS or PASSWORD-ALGORITHM is not what was offered: somebody on the way changed it.
    case algorithmsNotAsOffered
    /// The policy asks for SHA-256, the request has MD5 or SHA-1.
    case sha256Required
    /// There is no such user.
    case unknownUser
    /// No user has this USERHASH; time-limited names have to be sent as USERNAME.
    case unknownUserhash
    /// The user exists, or the name has the form of a time-limited one, and the password is wrong.
    case wrongPassword
    /// The password is wrong, and the client believes to be at another realm.
    case otherRealm(String)
    /// The credential ended so many seconds ago.
    case expired(secondsAgo: Int64)
    /// The user or the id was revoked.
    case revoked
    /// Everything is right but the nonce is too old.
    case nonceStale(ageSeconds: Int64)
    /// Everything is right but the nonce was issued to another port of this address.
    case noncePortChanged(from: UInt16, to: UInt16)
    /// Everything is right but the nonce was issued elsewhere, to another address, or before a restart.
    case nonceForeign
    /// Something else than authentication, in words.
    case other(String)

    /// The reason in words, for the operator. It holds nothing the client chose that is not escaped.
    public var text: String {
        switch self {
        case .noCredentials: "no credentials yet (the usual first request)"
        case .missing(let type): "\(type.name) is missing"
        case .malformed(let type): "\(type.name) is malformed"
        case .algorithmsNotAsOffered: "the password algorithms are not those that were offered (changed on the way?)"
        case .sha256Required: "SHA-256 is required, and the client used MD5 or SHA-1"
        case .unknownUser: "unknown user"
        case .unknownUserhash: "no user has this USERHASH (time-limited names have to be sent as USERNAME)"
        case .wrongPassword: "wrong password"
        case .otherRealm(let realm): "wrong password, and the client used realm \(realm)"
        case .expired(let seconds): "credential expired \(seconds) s ago"
        case .revoked: "revoked"
        case .nonceStale(let age) where age < 0: "nonce issued \(-age) s in the future (clock set back?)"
        case .nonceStale(let age): "nonce \(age) s old"
        case .noncePortChanged(let from, let to): "nonce valid but the source port changed from \(from) to \(to)"
        case .nonceForeign: "nonce not issued here, or to another address, or before the last start"
        case .other(let text): text
        }
    }
}

extension AttributeType {
    /// The name in the RFCs, of the attributes that a refusal can name; else the number.
    var name: String {
        switch self {
        case .username: "USERNAME"
        case .userhash: "USERHASH"
        case .realm: "REALM"
        case .nonce: "NONCE"
        case .passwordAlgorithm: "PASSWORD-ALGORITHM"
        case .passwordAlgorithms: "PASSWORD-ALGORITHMS"
        case .messageIntegrity: "MESSAGE-INTEGRITY"
        case .messageIntegritySHA256: "MESSAGE-INTEGRITY-SHA256"
        case .lifetime: "LIFETIME"
        case .requestedTransport: "REQUESTED-TRANSPORT"
        case .requestedAddressFamily: "REQUESTED-ADDRESS-FAMILY"
        case .additionalAddressFamily: "ADDITIONAL-ADDRESS-FAMILY"
        case .evenPort: "EVEN-PORT"
        case .reservationToken: "RESERVATION-TOKEN"
        case .channelNumber: "CHANNEL-NUMBER"
        case .xorPeerAddress: "XOR-PEER-ADDRESS"
        case .data: "DATA"
        case .connectionID: "CONNECTION-ID"
        default: "attribute 0x" + String(rawValue, radix: 16)
        }
    }
}
