import Credentials
import Glibc
import STUN
import TURNClient

/// What a relay tells anyone that asks without a credential: its realm and, where its nonces show it, its time.
struct ServerGreeting {
    /// The relay's realm.
    var realm: String?
    /// The relay's software, if it names it.
    var software: String?
    /// Seconds that the relay's clock is ahead of this machine's; nil when its nonces show no time.
    var clockSkewSeconds: Int64?

    /// Reads a 401.
    init?(_ datagram: [UInt8], unixSeconds: Int64) {
        let bytes = datagram.span.bytes
        guard let index = try? MessageIndex.parse(bytes), index.type.messageClass == .error else { return nil }
        realm = index.realm.flatMap { bytes.extracting($0.range).text() }
        software = index.software.flatMap { bytes.extracting($0.range).text() }
        if let nonce = index.nonce, let time = NonceIssuer.issueTime(of: bytes.extracting(nonce.range)) {
            clockSkewSeconds = time - unixSeconds
        }
    }
}

/// The wall clock of this machine, for credentials and certificates.
enum WallClock {
    /// Seconds since 1970.
    static var unixSeconds: Int64 { Int64(time(nil)) }
}
