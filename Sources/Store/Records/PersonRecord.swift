/// Where an account stands.
public enum PersonState: String, Sendable, Hashable, CaseIterable {
    /// Its address is not proven yet.
    case pending
    /// It can be signed in to.
    case active
    /// An administrator closed it.
    case disabled
}

/// What a person may do.
public enum PersonRole: String, Sendable, Hashable, CaseIterable {
    /// Call, write, share.
    case user
    /// That, and administer.
    case admin
}

/// A row of `people`.
public struct PersonRecord: Sendable, Equatable {
    /// Its id.
    public var id: String
    /// The address, sealed.
    public var emailSealed: [UInt8]
    /// The address's blind index.
    public var emailIndex: [UInt8]
    /// The name, sealed.
    public var nameSealed: [UInt8]
    /// The telephone number, sealed.
    public var phoneSealed: [UInt8]?
    /// Where the account stands.
    public var state: PersonState
    /// What the person may do.
    public var role: PersonRole
    /// When it was made.
    public var createdAt: Int64
    /// The password's hash; nil until one is chosen.
    public var passwordPHC: String?
    /// When the password was chosen.
    public var passwordChangedAt: Int64?
    /// The secret of the authenticator app, sealed.
    public var totpSealed: [UInt8]?
    /// When the secret was confirmed with a first code; the second factor is asked for from then on.
    public var totpConfirmedAt: Int64?
    /// The step of the last code that was taken.
    public var totpLastStep: Int64

    /// A person.
    public init(
        id: String, emailSealed: [UInt8], emailIndex: [UInt8], nameSealed: [UInt8], phoneSealed: [UInt8]? = nil,
        state: PersonState, role: PersonRole, createdAt: Int64, passwordPHC: String? = nil,
        passwordChangedAt: Int64? = nil, totpSealed: [UInt8]? = nil, totpConfirmedAt: Int64? = nil,
        totpLastStep: Int64 = 0
    ) {
        self.id = id
        self.emailSealed = emailSealed
        self.emailIndex = emailIndex
        self.nameSealed = nameSealed
        self.phoneSealed = phoneSealed
        self.state = state
        self.role = role
        self.createdAt = createdAt
        self.passwordPHC = passwordPHC
        self.passwordChangedAt = passwordChangedAt
        self.totpSealed = totpSealed
        self.totpConfirmedAt = totpConfirmedAt
        self.totpLastStep = totpLastStep
    }

    init(_ row: Row) throws {
        guard let state = PersonState(rawValue: try row.text("state")) else {
            throw StoreFailure.unexpected(column: "state")
        }
        guard let role = PersonRole(rawValue: try row.text("role")) else {
            throw StoreFailure.unexpected(column: "role")
        }
        id = try row.text("id")
        emailSealed = try row.bytes("email_sealed")
        emailIndex = try row.bytes("email_index")
        nameSealed = try row.bytes("name_sealed")
        phoneSealed = try row.optionalBytes("phone_sealed")
        self.state = state
        self.role = role
        createdAt = try row.integer("created_at")
        passwordPHC = try row.optionalText("password_phc")
        passwordChangedAt = try row.optionalInteger("password_changed_at")
        totpSealed = try row.optionalBytes("totp_sealed")
        totpConfirmedAt = try row.optionalInteger("totp_confirmed_at")
        totpLastStep = try row.integer("totp_last_step")
    }
}

extension StoreConnection {
    /// The person with this id.
    public func person(id: String) throws -> PersonRecord? {
        try row("SELECT * FROM people WHERE id = ?", [.text(id)]).map(PersonRecord.init)
    }

    /// The person with this address.
    public func person(emailIndex: [UInt8]) throws -> PersonRecord? {
        try row("SELECT * FROM people WHERE email_index = ?", [.bytes(emailIndex)]).map(PersonRecord.init)
    }

    /// Up to so many people, the oldest first, from the one behind `cursor` (creation time and id) on.
    public func people(
        state: PersonState? = nil, limit: Int, after cursor: PageCursor? = nil
    ) throws -> [PersonRecord] {
        var conditions = ["1 = 1"]
        var arguments: [SQLValue] = []
        if let state {
            conditions.append("state = ?")
            arguments.append(.text(state.rawValue))
        }
        if let cursor {
            conditions.append("(created_at > ? OR (created_at = ? AND id > ?))")
            arguments += [.integer(cursor.key), .integer(cursor.key), .text(cursor.id)]
        }
        return try rows(
            "SELECT * FROM people WHERE \(conditions.joined(separator: " AND ")) ORDER BY created_at, id LIMIT ?",
            arguments + [.integer(Int64(limit))]
        ).map(PersonRecord.init)
    }

    /// How many active people have this role.
    public func activePeopleCount(role: PersonRole) throws -> Int {
        try count(
            "SELECT count(*) AS value FROM people WHERE state = 'active' AND role = ?", [.text(role.rawValue)])
    }

    /// Adds a person.
    public func insert(_ person: PersonRecord) throws {
        try execute(
            """
            INSERT INTO people (id, email_sealed, email_index, name_sealed, phone_sealed, state, role, created_at,
                password_phc, password_changed_at, totp_sealed, totp_confirmed_at, totp_last_step)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(person.id), .bytes(person.emailSealed), .bytes(person.emailIndex), .bytes(person.nameSealed),
                .optional(person.phoneSealed), .text(person.state.rawValue), .text(person.role.rawValue),
                .integer(person.createdAt), .optional(person.passwordPHC), .optional(person.passwordChangedAt),
                .optional(person.totpSealed), .optional(person.totpConfirmedAt), .integer(person.totpLastStep),
            ])
    }

    /// Writes everything of a person that can change.
    public func update(_ person: PersonRecord) throws {
        try execute(
            """
            UPDATE people SET name_sealed = ?, phone_sealed = ?, state = ?, role = ?, password_phc = ?,
                password_changed_at = ?, totp_sealed = ?, totp_confirmed_at = ?, totp_last_step = ?
            WHERE id = ?
            """,
            [
                .bytes(person.nameSealed), .optional(person.phoneSealed), .text(person.state.rawValue),
                .text(person.role.rawValue), .optional(person.passwordPHC), .optional(person.passwordChangedAt),
                .optional(person.totpSealed), .optional(person.totpConfirmedAt), .integer(person.totpLastStep),
                .text(person.id),
            ])
    }

    /// Replaces a password's hash by another of the same password, unless it was changed meanwhile.
    public func replacePasswordHash(of person: String, _ old: String, with new: String) throws {
        try execute(
            "UPDATE people SET password_phc = ? WHERE id = ? AND password_phc = ?",
            [.text(new), .text(person), .text(old)])
    }

    /// Takes the code of a step: false when that step or a later one was taken before. One statement, so of two who
    /// come with the same code one wins.
    public func takeTOTPStep(_ step: Int64, of person: String) throws -> Bool {
        try execute(
            "UPDATE people SET totp_last_step = ? WHERE id = ? AND totp_last_step < ?",
            [.integer(step), .text(person), .integer(step)]) == 1
    }
}
