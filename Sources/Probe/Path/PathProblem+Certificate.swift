import TURNClient

extension PathProblem {
    /// What is wrong with the certificates of a handshake; nil when nothing is.
    init?(_ facts: TLSFacts, host: String) {
        guard let problem = facts.problem else { return nil }
        let own = facts.certificates.first
        let issuer = own.map { Words.commonName($0.issuer) } ?? "nobody"
        switch problem {
        case .unknownAuthority:
            self.init(
                .interceptedCertificate,
                "the certificate comes from \(issuer), an authority that this machine does not trust: "
                    + "a device on the way opens the encryption, or the relay has an authority of its own")
        case .selfSigned:
            self.init(
                .selfSignedCertificate, "the certificate signed itself, and is not among those that are trusted")
        case .expired:
            let ago = own.map { WallClock.unixSeconds - $0.notAfter } ?? 0
            self.init(.certificateTime, "the certificate expired \(Words.duration(ago)) ago")
        case .notYetValid:
            self.init(.certificateTime, "the certificate is not valid yet: is the clock of this machine right?")
        case .otherName:
            self.init(.certificateName, "the certificate names \(own?.names ?? "nobody"), not \(host)")
        case .other:
            self.init(.untrustedCertificate, "certificate not trusted: \(facts.problemText ?? "unknown reason")")
        }
    }
}

extension PathReport.TLS {
    /// The facts of a handshake, as seen at this time.
    init(_ facts: TLSFacts, unixSeconds: Int64) {
        let own = facts.certificates.first
        self.init(
            version: facts.version, cipher: facts.cipher, applicationProtocol: facts.applicationProtocol,
            subject: own?.subject, names: own?.names, issuer: own?.issuer,
            daysLeft: own.map { Int(($0.notAfter - unixSeconds) / 86_400) },
            chain: facts.certificates.map(\.subject), problem: facts.problemText)
    }
}

/// Small texts of the report.
enum Words {
    /// A number of seconds in the unit that fits.
    static func duration(_ seconds: Int64) -> String {
        switch abs(seconds) {
        case ..<120: "\(seconds) s"
        case ..<7_200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3_600) h"
        default: "\(seconds / 86_400) days"
        }
    }

    /// A number with one digit after the point.
    static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// The CN of a name in OpenSSL's form, or all of it.
    static func commonName(_ name: String) -> String {
        guard let start = name.firstRange(of: "/CN=") else { return name }
        return String(name[start.upperBound...].prefix { $0 != "/" })
    }
}
