/// A credential as administrators see it.
public struct RelayCredentialSummary: Sendable, Hashable {
    /// Its id.
    public let id: String
    /// Whom it was issued for.
    public let personID: String?
    /// The room it was issued for.
    public let roomID: String?
    /// The call it was issued for.
    public let callID: String?
    /// Why.
    public let reason: String
    /// Who issued it: a person's id, or `system`.
    public let issuedBy: String
    /// When.
    public let issuedAt: Int64
    /// Until when it opens allocations.
    public let expiresAt: Int64
    /// When it was revoked.
    public let revokedAt: Int64?
}

/// An allocation at the relay, joined with what is known of its credential.
public struct RelayAllocation: Sendable, Hashable {
    /// Its name.
    public let id: String
    /// Whom its credential was issued for.
    public let personID: String?
    /// The room that was issued for.
    public let roomID: String?
    /// `udp`, `tcp`, `tls` or `dtls`.
    public let transport: String
    /// Where the client's packets come from.
    public let client: String
    /// Relayed addresses.
    public let relayed: [String]
    /// Bytes to peers.
    public let bytesUp: Int64
    /// Bytes to the client.
    public let bytesDown: Int64
    /// Seconds since it was opened.
    public let seconds: Int
}
