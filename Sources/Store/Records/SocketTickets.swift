extension StoreConnection {
    /// Adds a ticket that opens one socket.
    public func insertTicket(hash: [UInt8], session: String, expiresAt: Int64) throws {
        try execute(
            "INSERT INTO socket_tickets (hash, session_id, expires_at, used_at) VALUES (?, ?, ?, NULL)",
            [.bytes(hash), .text(session), .integer(expiresAt)])
    }

    /// Uses a ticket up; its session, or nil when it ended or was used before.
    public func takeTicket(hash: [UInt8], at time: Int64) throws -> String? {
        let taken = try execute(
            "UPDATE socket_tickets SET used_at = ? WHERE hash = ? AND used_at IS NULL AND expires_at > ?",
            [.integer(time), .bytes(hash), .integer(time)])
        guard taken == 1 else { return nil }
        return try row("SELECT session_id FROM socket_tickets WHERE hash = ?", [.bytes(hash)])?.text("session_id")
    }

    /// How many tickets of a session are open.
    public func openTickets(of session: String, at time: Int64) throws -> Int {
        try count(
            "SELECT count(*) AS value FROM socket_tickets WHERE session_id = ? AND used_at IS NULL AND expires_at > ?",
            [.text(session), .integer(time)])
    }

    /// Removes tickets that ended before `time`.
    public func deleteTickets(endedBefore time: Int64) throws {
        try execute("DELETE FROM socket_tickets WHERE expires_at < ?", [.integer(time)])
    }
}
