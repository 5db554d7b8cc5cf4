/// Every table. `*_sealed` and `*_wrapped` hold what only the vault can open, `*_index` and `*_hash` what cannot be
/// turned back; ids, times and states are in clear. Times are milliseconds since 1970 UTC.
enum Schema {
    static func migrations(_ dialect: Dialect) -> [Migration] {
        let int = dialect.integer
        let bytes = dialect.bytes
        let statements =
            accounts(int, bytes) + sessions(int, bytes) + rooms(int, bytes) + relay(int, bytes) + operation(int, bytes)
        return [Migration(version: 1, statements: statements + dialect.appendOnly("audit"))]
    }

    private static func accounts(_ int: String, _ bytes: String) -> [String] {
        [
            """
            CREATE TABLE people (
                id TEXT NOT NULL PRIMARY KEY,
                email_sealed \(bytes) NOT NULL, email_index \(bytes) NOT NULL UNIQUE,
                name_sealed \(bytes) NOT NULL, phone_sealed \(bytes),
                state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'disabled')),
                role TEXT NOT NULL CHECK (role IN ('user', 'admin')),
                created_at \(int) NOT NULL,
                password_phc TEXT, password_changed_at \(int),
                totp_sealed \(bytes), totp_confirmed_at \(int), totp_last_step \(int) NOT NULL DEFAULT 0)
            """,
            """
            CREATE TABLE recovery_codes (
                person_id TEXT NOT NULL REFERENCES people (id), hash \(bytes) NOT NULL, used_at \(int),
                PRIMARY KEY (person_id, hash))
            """,
            """
            CREATE TABLE activations (
                person_id TEXT NOT NULL PRIMARY KEY REFERENCES people (id), key_hash \(bytes) NOT NULL,
                expires_at \(int) NOT NULL, attempts \(int) NOT NULL DEFAULT 0)
            """,
            """
            CREATE TABLE password_resets (
                token_hash \(bytes) NOT NULL PRIMARY KEY, person_id TEXT NOT NULL REFERENCES people (id),
                expires_at \(int) NOT NULL, used_at \(int))
            """,
            "CREATE INDEX password_resets_by_person ON password_resets (person_id)",
            """
            CREATE TABLE totp_challenges (
                hash \(bytes) NOT NULL PRIMARY KEY, person_id TEXT NOT NULL REFERENCES people (id),
                expires_at \(int) NOT NULL, attempts \(int) NOT NULL DEFAULT 0, address TEXT NOT NULL)
            """,
            "CREATE INDEX totp_challenges_by_person ON totp_challenges (person_id)",
            """
            CREATE TABLE sign_in_attempts (
                bucket \(bytes) NOT NULL PRIMARY KEY, failures \(int) NOT NULL, blocked_until \(int) NOT NULL,
                updated_at \(int) NOT NULL)
            """,
        ]
    }

    private static func sessions(_ int: String, _ bytes: String) -> [String] {
        [
            """
            CREATE TABLE sessions (
                id TEXT NOT NULL PRIMARY KEY, token_hash \(bytes) NOT NULL UNIQUE,
                person_id TEXT NOT NULL REFERENCES people (id), csrf_hash \(bytes) NOT NULL,
                created_at \(int) NOT NULL, seen_at \(int) NOT NULL, expires_at \(int) NOT NULL,
                address TEXT NOT NULL, agent_sealed \(bytes) NOT NULL, ended_at \(int))
            """,
            "CREATE INDEX sessions_by_person ON sessions (person_id)",
            """
            CREATE TABLE socket_tickets (
                hash \(bytes) NOT NULL PRIMARY KEY,
                session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
                expires_at \(int) NOT NULL, used_at \(int))
            """,
            "CREATE INDEX socket_tickets_by_session ON socket_tickets (session_id)",
        ]
    }

    private static func rooms(_ int: String, _ bytes: String) -> [String] {
        [
            """
            CREATE TABLE rooms (
                id TEXT NOT NULL PRIMARY KEY, title_sealed \(bytes),
                created_by TEXT NOT NULL REFERENCES people (id), created_at \(int) NOT NULL,
                key_wrapped \(bytes) NOT NULL)
            """,
            """
            CREATE TABLE room_members (
                room_id TEXT NOT NULL REFERENCES rooms (id), person_id TEXT NOT NULL REFERENCES people (id),
                joined_at \(int) NOT NULL, PRIMARY KEY (room_id, person_id))
            """,
            "CREATE INDEX room_members_by_person ON room_members (person_id)",
            """
            CREATE TABLE calls (
                id TEXT NOT NULL PRIMARY KEY, room_id TEXT NOT NULL REFERENCES rooms (id),
                requester TEXT NOT NULL REFERENCES people (id), callee TEXT NOT NULL REFERENCES people (id),
                state TEXT NOT NULL, requested_at \(int) NOT NULL, accepted_at \(int), connected_at \(int),
                ended_at \(int), end_reason TEXT, path_requester TEXT, path_callee TEXT)
            """,
            "CREATE INDEX calls_by_room ON calls (room_id, requested_at)",
            "CREATE INDEX calls_by_time ON calls (requested_at)",
            "CREATE INDEX calls_by_state ON calls (state)",
            """
            CREATE TABLE fingerprints (
                hash \(bytes) NOT NULL PRIMARY KEY, call_id TEXT NOT NULL REFERENCES calls (id),
                person_id TEXT NOT NULL REFERENCES people (id), seen_at \(int) NOT NULL)
            """,
            """
            CREATE TABLE messages (
                id TEXT NOT NULL PRIMARY KEY, room_id TEXT NOT NULL REFERENCES rooms (id),
                sender TEXT NOT NULL REFERENCES people (id), client_id TEXT NOT NULL, body_sealed \(bytes) NOT NULL,
                sent_at \(int) NOT NULL, position \(int) NOT NULL,
                UNIQUE (room_id, position), UNIQUE (sender, client_id))
            """,
            """
            CREATE TABLE documents (
                id TEXT NOT NULL PRIMARY KEY, room_id TEXT NOT NULL REFERENCES rooms (id),
                owner TEXT NOT NULL REFERENCES people (id), name_sealed \(bytes) NOT NULL, type TEXT NOT NULL,
                bytes \(int) NOT NULL, sha256 \(bytes) NOT NULL, key_wrapped \(bytes) NOT NULL, file TEXT NOT NULL,
                shared_at \(int) NOT NULL, deleted_at \(int))
            """,
            "CREATE INDEX documents_by_room ON documents (room_id, shared_at)",
            "CREATE INDEX documents_by_owner ON documents (owner)",
        ]
    }

    private static func relay(_ int: String, _ bytes: String) -> [String] {
        [
            """
            CREATE TABLE relay_credentials (
                id TEXT NOT NULL PRIMARY KEY, person_id TEXT REFERENCES people (id), room_id TEXT, call_id TEXT,
                reason_sealed \(bytes) NOT NULL, issued_by TEXT NOT NULL, issued_at \(int) NOT NULL,
                expires_at \(int) NOT NULL, revoked_at \(int))
            """,
            "CREATE INDEX relay_credentials_by_person ON relay_credentials (person_id)",
            "CREATE INDEX relay_credentials_by_time ON relay_credentials (issued_at)",
            """
            CREATE TABLE relay_usage (
                relay TEXT NOT NULL, sequence \(int) NOT NULL, credential_id TEXT, room_id TEXT, event TEXT NOT NULL,
                transport TEXT NOT NULL, bytes_up \(int) NOT NULL, bytes_down \(int) NOT NULL,
                started_at \(int) NOT NULL, ended_at \(int), reason TEXT, PRIMARY KEY (relay, sequence))
            """,
            "CREATE INDEX relay_usage_by_room ON relay_usage (room_id)",
        ]
    }

    private static func operation(_ int: String, _ bytes: String) -> [String] {
        [
            """
            CREATE TABLE audit (
                sequence \(int) NOT NULL PRIMARY KEY, at \(int) NOT NULL, type TEXT NOT NULL, outcome TEXT NOT NULL,
                requester TEXT, owner TEXT, room_id TEXT, message TEXT NOT NULL, extra TEXT NOT NULL,
                address TEXT NOT NULL, salt \(bytes) NOT NULL, leaf \(bytes) NOT NULL, chain \(bytes) NOT NULL)
            """,
            "CREATE INDEX audit_by_owner ON audit (owner, sequence)",
            "CREATE INDEX audit_by_requester ON audit (requester, sequence)",
            "CREATE INDEX audit_by_room ON audit (room_id, sequence)",
            "CREATE INDEX audit_by_type ON audit (type, sequence)",
            """
            CREATE TABLE outbox (
                id TEXT NOT NULL PRIMARY KEY, at \(int) NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('mail', 'text')),
                to_sealed \(bytes) NOT NULL, subject_sealed \(bytes) NOT NULL, body_sealed \(bytes) NOT NULL,
                state TEXT NOT NULL, attempts \(int) NOT NULL DEFAULT 0, next_at \(int) NOT NULL)
            """,
            "CREATE INDEX outbox_by_state ON outbox (state, next_at)",
            "CREATE TABLE settings (name TEXT NOT NULL PRIMARY KEY, value \(bytes) NOT NULL)",
        ]
    }
}
