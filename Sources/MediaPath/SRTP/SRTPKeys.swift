/// Master keys of both directions, each with its salt behind it, from what DTLS exported [RFC 5764 4.2].
struct SRTPKeys: Equatable {
    /// What the DTLS client protects with.
    let client: [UInt8]
    /// What the DTLS server protects with.
    let server: [UInt8]

    /// How many bytes are to be exported.
    static func exportedByteCount(_ profile: SRTPProfile) -> Int {
        2 * (SRTPProfile.keyByteCount + profile.saltByteCount)
    }

    /// Cuts what was exported: client's key, server's key, client's salt, server's salt. Nil for a wrong size.
    init?(exported: [UInt8], _ profile: SRTPProfile) {
        let (key, salt) = (SRTPProfile.keyByteCount, profile.saltByteCount)
        guard exported.count == SRTPKeys.exportedByteCount(profile) else { return nil }
        client = Array(exported[..<key] + exported[(2 * key)..<(2 * key + salt)])
        server = Array(exported[key..<(2 * key)] + exported[(2 * key + salt)...])
    }
}
