internal import CSRTP

/// How packets of media are protected: what DTLS agrees on in its extension use_srtp [RFC 5764 4.1.2].
public enum SRTPProfile: String, CaseIterable, Sendable {
    /// SRTP_AEAD_AES_128_GCM [RFC 7714]: one pass encrypts and authenticates.
    case aesGCM = "aes-gcm"
    /// SRTP_AES128_CM_HMAC_SHA1_80 [RFC 5764]: what every endpoint of WebRTC has to know.
    case aesCM = "aes-cm"

    /// The name that its RFC gives it.
    public var name: String {
        switch self {
        case .aesGCM: "SRTP_AEAD_AES_128_GCM"
        case .aesCM: "SRTP_AES128_CM_HMAC_SHA1_80"
        }
    }

    /// Bytes that protecting adds to a packet.
    public var tagByteCount: Int {
        switch self {
        case .aesGCM: 16
        case .aesCM: 10
        }
    }

    /// Bytes of the master key.
    static let keyByteCount = 16

    /// Bytes of the master salt.
    var saltByteCount: Int {
        switch self {
        case .aesGCM: 12
        case .aesCM: 14
        }
    }

    /// Its number in DTLS.
    var number: UInt16 {
        switch self {
        case .aesGCM: UInt16(CSRTP_AEAD_AES_128_GCM)
        case .aesCM: UInt16(CSRTP_AES128_CM_SHA1_80)
        }
    }

    /// OpenSSL's name for it.
    var nameForOpenSSL: String {
        switch self {
        case .aesGCM: "SRTP_AEAD_AES_128_GCM"
        case .aesCM: "SRTP_AES128_CM_SHA1_80"
        }
    }
}
