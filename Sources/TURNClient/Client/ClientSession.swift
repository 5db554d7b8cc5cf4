import Credentials
import Integrity
import STUN

/// What a request was proven with; its answer must be proven alike.
enum ClientProof: Hashable {
    case sha1
    case sha256(byteCount: Int)
}

/// What the client learnt of the relay's long-term credential mechanism [RFC 8489 9.2].
struct ClientSession {
    /// Algorithms of PASSWORD-ALGORITHMS [RFC 8489 18.5].
    private enum Algorithm: UInt16 {
        case md5 = 1
        case sha256 = 2
    }

    /// The kind of proof for the next request; nil before the relay named its realm and nonce.
    private(set) var proof: ClientProof?

    private let username: String
    private let password: String
    private let integrity: ClientIntegrity
    private let authenticator = ClientAuthenticator()
    private var realm: String = ""
    private var nonce: [UInt8] = []
    /// PASSWORD-ALGORITHMS as the relay sent it, to be sent back; empty when it sent none.
    private var offeredAlgorithms: [UInt8] = []
    private var algorithm = Algorithm.md5
    private var sendsUserhash = false
    private var key: [UInt8] = []

    init(_ settings: ClientSettings) {
        // A name that cannot be prepared is told as `badCredentials` once a key is needed.
        username = (try? OpaqueString.prepare(settings.username)) ?? settings.username
        password = settings.password
        integrity = settings.integrity
    }

    // MARK: - Requests

    func message(for request: ClientRequest, _ id: TransactionID, fingerprint: Bool) -> [UInt8] {
        MessageBuilder.build(MessageType(request.method, .request), id) { writer, buffer in
            request.append(to: &writer, into: &buffer)
            if request.needsCredentials { prove(&writer, &buffer) }
            if fingerprint, let value = writer.reserve(.fingerprint, byteCount: 4, into: &buffer) {
                let sum = CRC32.checksum(buffer.bytes.extracting(0..<value - 4))
                buffer.store(uint32: sum ^ 0x5354_554E, at: value)
            }
        }
    }

    private func prove(_ writer: inout MessageWriter, _ buffer: inout MutableRawSpan) {
        guard let proof else { return }
        if sendsUserhash {
            writer.append(.userhash, userhash().span, into: &buffer)
        } else {
            writer.append(.username, text: username, into: &buffer)
        }
        writer.append(.realm, text: realm, into: &buffer)
        writer.append(.nonce, nonce.span, into: &buffer)
        if !offeredAlgorithms.isEmpty {
            writer.append(.passwordAlgorithms, offeredAlgorithms.span, into: &buffer)
            writer.append(.passwordAlgorithm, uint32: UInt32(algorithm.rawValue) << 16, into: &buffer)
        }
        switch proof {
        case .sha1:
            guard let value = writer.reserve(.messageIntegrity, byteCount: 20, into: &buffer) else { return }
            let code = authenticator.sha1(key, header: buffer.bytes, count: value - 4)
            buffer.store(code.span, at: value)
        case .sha256(let byteCount):
            guard let value = writer.reserve(.messageIntegritySHA256, byteCount: byteCount, into: &buffer) else {
                return
            }
            let code = authenticator.sha256(key, header: buffer.bytes, count: value - 4)
            buffer.store(code.span.extracting(first: byteCount), at: value)
        }
    }

    /// USERHASH: SHA-256 of `username:realm` [RFC 8489 14.4].
    private func userhash() -> [UInt8] {
        let text = Array("\(username):\(realm)".utf8)
        let digest = Digest.sha256(text.span)
        return bytes(digest.span)
    }

    private func bytes(_ span: Span<UInt8>) -> [UInt8] { span.indices.map { span[$0] } }

    // MARK: - Answers

    /// Takes realm, nonce and algorithms from a 401 or 438; the failure says why no second request may follow.
    mutating func adopt(_ index: MessageIndex, _ datagram: RawSpan) -> ClientFailure? {
        guard let nonceRange = index.nonce else { return .malformedAnswer }
        nonce = datagram.extracting(nonceRange.range).copied()
        if let range = index.realm {
            guard let text = datagram.extracting(range.range).text() else { return .malformedAnswer }
            realm = text
        } else if realm.isEmpty {
            return .malformedAnswer
        }

        offeredAlgorithms = []
        algorithm = .md5
        sendsUserhash = false
        if integrity != .classic {
            let features = NonceFeatures(nonce)
            if let range = index.passwordAlgorithms {
                offeredAlgorithms = datagram.extracting(range.range).copied()
                guard let best = bestAlgorithm() else { return .noCommonAlgorithm }
                algorithm = best
            } else if features.offersPasswordAlgorithms {
                return .bidDown
            }
            sendsUserhash = features.offersUsernameAnonymity
        }
        guard let long = try? LongTermKey(username: username, realm: realm, password: password) else {
            return .badCredentials
        }
        key = algorithm == .sha256 ? bytes(long.sha256.span) : bytes(long.md5.span)
        proof =
            switch integrity {
            case .classic: .sha1
            case .negotiated: offeredAlgorithms.isEmpty ? .sha1 : .sha256(byteCount: 32)
            case .truncated(let count): offeredAlgorithms.isEmpty ? .sha1 : .sha256(byteCount: count)
            }
        return nil
    }

    /// Whether an answer carries the proof that its request's kind asks for [RFC 8489 9.2.5].
    func verifies(_ index: MessageIndex, _ datagram: RawSpan, as proof: ClientProof) -> Bool {
        switch proof {
        case .sha1:
            guard let range = index.messageIntegrity else { return false }
            let code = authenticator.sha1(key, signed: datagram, before: range)
            return ConstantTime.equal(datagram.extracting(range.range), code.span)
        case .sha256:
            guard let range = index.messageIntegritySHA256, range.count >= 16 else { return false }
            let code = authenticator.sha256(key, signed: datagram, before: range)
            return ConstantTime.equal(
                datagram.extracting(range.range), code.span.extracting(first: Int(range.count)))
        }
    }

    /// SHA-256 before MD5, whatever the relay's order; nil when neither is offered.
    private func bestAlgorithm() -> Algorithm? {
        var best: Algorithm?
        var offset = 0
        let bytes = offeredAlgorithms.span.bytes
        while offset + 4 <= bytes.byteCount {
            switch Algorithm(rawValue: bytes.uint16(at: offset)) {
            case .sha256?: best = .sha256
            case .md5?: best = best ?? .md5
            case nil: break
            }
            offset += 4 + paddedTo4(Int(bytes.uint16(at: offset + 2)))
        }
        return best
    }
}

/// The security features that a nonce tells in its first 13 characters [RFC 8489 9.2].
struct NonceFeatures {
    let offersPasswordAlgorithms: Bool
    let offersUsernameAnonymity: Bool

    init(_ nonce: [UInt8]) {
        guard nonce.count >= 13, nonce.starts(with: "obMatJos2".utf8),
            let first = NonceFeatures.base64Value(nonce[9])
        else {
            offersPasswordAlgorithms = false
            offersUsernameAnonymity = false
            return
        }
        // Bit 0 is the leftmost of the 24 [RFC 8489 18.1]: the upper bits of the first base64 character.
        offersPasswordAlgorithms = first & 0b10_0000 != 0
        offersUsernameAnonymity = first & 0b01_0000 != 0
    }

    private static func base64Value(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
