/// What a session description [RFC 8866, RFC 8829] must hold before it is passed on: every medium that flows is
/// encrypted with keys that are agreed between the two ends [RFC 5763], and the ends are named by fingerprints of
/// strong hashes. The description itself is passed on unchanged.
public struct SessionDescription: Sendable {
    /// The fingerprints in it, each once, in order.
    public let fingerprints: [Fingerprint]
    /// The ICE user name fragments in it: they change when ICE starts again [RFC 8839 4.4.1.1.1].
    public let fragments: Set<String>

    /// The transports whose media is encrypted end to end [RFC 8829 5.1.2; RFC 8841 4].
    static let profiles: Set<Substring> = [
        "UDP/TLS/RTP/SAVPF", "TCP/DTLS/RTP/SAVPF", "UDP/DTLS/SCTP", "TCP/DTLS/SCTP",
    ]
    static let roles: Set<Substring> = ["actpass", "active", "passive", "holdconn"]

    /// Checks a description.
    public init(checking text: String) throws(DescriptionProblem) {
        guard text.utf8.count <= TextLimits.descriptionBytes else { throw .tooLarge }
        var reader = Reader()
        var lines = 0
        // Bytes, not characters: to a string, CR LF is one character, and a lone CR is none of a line end's.
        for bytes in text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false) {
            lines += 1
            guard lines <= TextLimits.descriptionLines, bytes.count <= TextLimits.descriptionLineBytes else {
                throw .tooLarge
            }
            let line = bytes.last == 0x0d ? bytes.dropLast() : bytes
            guard let type = line.first else { continue }
            // A control character could end a line for one reader and not for another; a combining mark could hide a
            // colon. Only the session's name and description may hold more than ASCII.
            let isText = type == UInt8(ascii: "s") || type == UInt8(ascii: "i")
            guard line.allSatisfy({ $0 >= 0x20 && $0 < 0x7f || $0 == 0x09 || isText && $0 >= 0x80 }) else {
                throw .malformed
            }
            try reader.read(Substring(line), number: lines)
        }
        fingerprints = try reader.finish()
        fragments = reader.fragments
    }

    /// What media sections have in common with the session, which speaks for them where they are silent.
    private struct Section {
        var hasFingerprint = false
        var hasRole = false
        var hasFragment = false
        var hasPassword = false
        var mid: Substring?
        var isRejected = false
        var isBundleOnly = false

        var isComplete: Bool { hasFingerprint && hasRole && hasFragment && hasPassword }

        func filled(from other: Section) -> Section {
            var section = self
            section.hasFingerprint = hasFingerprint || other.hasFingerprint
            section.hasRole = hasRole || other.hasRole
            section.hasFragment = hasFragment || other.hasFragment
            section.hasPassword = hasPassword || other.hasPassword
            return section
        }

        /// The first thing that is missing.
        var problem: DescriptionProblem? {
            if !hasFingerprint { return .noFingerprint }
            if !hasRole { return .noRole }
            return hasFragment && hasPassword ? nil : .noIceCredentials
        }
    }

    private struct Reader {
        var session = Section()
        var media: [Section] = []
        var bundles: [[Substring]] = []
        var fingerprints: Set<Fingerprint> = []
        var fragments: Set<String> = []

        mutating func read(_ line: Substring, number: Int) throws(DescriptionProblem) {
            guard line.utf8.dropFirst().first == 0x3d, let type = line.utf8.first else { throw .malformed }
            let value = line.dropFirst(2)
            if number == 1, line != "v=0" { throw .malformed }
            switch type {
            case UInt8(ascii: "m"): try openMedia(value)
            // A key in the clear [RFC 4566 5.12].
            case UInt8(ascii: "k"): throw .keysInDescription
            case UInt8(ascii: "a"): try readAttribute(value)
            default: break
            }
        }

        private mutating func openMedia(_ value: Substring) throws(DescriptionProblem) {
            let parts = value.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count >= 4, let port = UInt16(parts[1]) else { throw .malformed }
            guard profiles.contains(parts[2]) else { throw .insecureProfile }
            media.append(Section())
            media[media.count - 1].isRejected = port == 0
        }

        private mutating func readAttribute(_ text: Substring) throws(DescriptionProblem) {
            let colon = text.firstIndex(of: ":")
            let name = colon.map { text[..<$0] } ?? text
            let value = colon.map { text[text.index(after: $0)...] } ?? ""
            // Names are sensitive to case; what is forbidden is forbidden in every spelling, for lenient readers.
            switch name.lowercased() {
            // SDES [RFC 4568] and MIKEY [RFC 4567]: keys that the companion would see.
            case "crypto", "key-mgmt": throw .keysInDescription
            case "fingerprint":
                guard name == "fingerprint", let fingerprint = try Fingerprint.read(value) else { throw .malformed }
                fingerprints.insert(fingerprint)
                guard fingerprints.count <= TextLimits.fingerprints else { throw .tooLarge }
                change { $0.hasFingerprint = true }
            case "setup":
                guard name == "setup", roles.contains(value) else { throw .malformed }
                change { $0.hasRole = true }
            case "ice-ufrag":
                guard Self.isIceText(value, length: 4...256) else { throw .noIceCredentials }
                // One per media section, as many as there are lines: bounded.
                fragments.insert(String(value))
                change { $0.hasFragment = true }
            case "ice-pwd":
                guard Self.isIceText(value, length: 22...256) else { throw .noIceCredentials }
                change { $0.hasPassword = true }
            case "mid": change { $0.mid = value }
            case "bundle-only": change { $0.isBundleOnly = true }
            case "group":
                let parts = value.split(separator: " ")
                if media.isEmpty, parts.first == "BUNDLE" { bundles.append(Array(parts.dropFirst())) }
            default: break
            }
        }

        /// ice-char [RFC 8839 5.4].
        private static func isIceText(_ text: Substring, length: ClosedRange<Int>) -> Bool {
            length.contains(text.utf8.count)
                && text.utf8.allSatisfy {
                    (0x61...0x7a).contains($0) || (0x41...0x5a).contains($0) || (0x30...0x39).contains($0)
                        || $0 == 0x2b || $0 == 0x2f
                }
        }

        private mutating func change(_ body: (inout Section) -> Void) {
            if media.isEmpty { body(&session) } else { body(&media[media.count - 1]) }
        }

        func finish() throws(DescriptionProblem) -> [Fingerprint] {
            guard !media.isEmpty else { throw .malformed }
            var flowing = 0
            for section in media {
                // A rejected section has no transport and may be silent [RFC 8829 5.3.1].
                if section.isRejected, !section.isBundleOnly { continue }
                flowing += 1
                let own = section.filled(from: session)
                guard let problem = own.problem else { continue }
                // A section that shares another one's transport leaves these lines to it [RFC 8843 9.1].
                guard let tagged = leader(of: section), tagged.filled(from: session).isComplete else { throw problem }
            }
            guard flowing > 0 || !fingerprints.isEmpty else { throw .noFingerprint }
            return fingerprints.sorted()
        }

        /// The section whose transport this one shares: the first of its bundle.
        private func leader(of section: Section) -> Section? {
            guard let mid = section.mid, let bundle = bundles.first(where: { $0.contains(mid) }),
                let first = bundle.first, first != mid
            else { return nil }
            return media.first { $0.mid == first }
        }
    }
}

/// Why a session description is not passed on.
public enum DescriptionProblem: String, Error, Sendable, Hashable {
    /// More bytes, lines or fingerprints than allowed.
    case tooLarge = "too_large"
    /// It is not a session description.
    case malformed
    /// A media section whose transport is not encrypted end to end.
    case insecureProfile = "insecure_profile"
    /// Keys written into the description (SDES, MIKEY, `k=`).
    case keysInDescription = "keys_in_description"
    /// No fingerprint for a media section.
    case noFingerprint = "no_fingerprint"
    /// A fingerprint of SHA-1, MD5 or another weak hash.
    case weakFingerprint = "weak_fingerprint"
    /// No `a=setup` for a media section.
    case noRole = "no_setup"
    /// No `a=ice-ufrag` or `a=ice-pwd`, or not of their form.
    case noIceCredentials = "no_ice_credentials"

    /// One line for the page that sent it.
    public var message: String {
        switch self {
        case .tooLarge: "the session description is too large"
        case .malformed: "the session description is malformed"
        case .insecureProfile: "every medium must be encrypted with DTLS (UDP/TLS/RTP/SAVPF or UDP/DTLS/SCTP)"
        case .keysInDescription: "keys must not be in the session description (a=crypto): use DTLS-SRTP"
        case .noFingerprint: "every medium needs an a=fingerprint line"
        case .weakFingerprint: "the fingerprint's hash is too weak: use sha-256 or stronger"
        case .noRole: "every medium needs an a=setup line"
        case .noIceCredentials: "every medium needs a=ice-ufrag and a=ice-pwd"
        }
    }
}
