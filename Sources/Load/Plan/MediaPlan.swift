public import MediaPath

/// Real media in place of counted payloads: each session is a DTLS handshake, then SRTP in both directions.
public struct MediaPlan: Sendable {
    /// How packets are protected.
    public var profile: SRTPProfile
    /// What is to be proven of the server; nil: nothing.
    public var proof: ProofPlan?

    /// Media under this profile.
    public init(profile: SRTPProfile, proof: ProofPlan? = nil) {
        self.profile = profile
        self.proof = proof
    }
}

/// What is looked into for plaintext, besides what this program sends and receives itself.
public struct ProofPlan: Sendable {
    /// The server's process, when it runs here.
    public var process: Int32?
    /// An interface that the server's traffic crosses.
    public var interface: String?

    /// A proof that looks into these.
    public init(process: Int32? = nil, interface: String? = nil) {
        self.process = process
        self.interface = interface
    }
}
