public import Store
internal import Vault

/// A person, opened: for the person and for administrators.
public struct Person: Sendable, Hashable {
    /// The id.
    public var id: String
    /// The name that people see.
    public var name: String
    /// The address.
    public var email: String
    /// What the person may do.
    public var role: Role
    /// Where the account stands.
    public var state: PersonState
    /// Whether the second factor is on.
    public var totp: Bool
    /// When the account was made.
    public var createdAt: Int64
}

/// What everybody may see of a person.
public struct Contact: Sendable, Hashable {
    /// The id.
    public var id: String
    /// The name.
    public var name: String

    /// A person as others see it.
    public init(id: String, name: String) {
        self.id = id
        self.name = name
    }
}

/// A person with the figures of an administrator's list.
public struct PersonOverview: Sendable, Hashable {
    /// The person.
    public var person: Person
    /// Living sessions.
    public var sessions: Int
    /// When one was last used.
    public var lastSeenAt: Int64?
}

extension CompanionCore {
    /// Opens a row of `people`.
    func person(_ record: PersonRecord) throws -> Person {
        Person(
            id: record.id, name: try name(of: record), email: try email(of: record), role: record.role,
            state: record.state, totp: record.totpConfirmedAt != nil, createdAt: record.createdAt)
    }

    func name(of record: PersonRecord) throws -> String {
        try vault.openText(record.nameSealed, context: Self.people("name", record.id))
    }

    func email(of record: PersonRecord) throws -> String {
        try vault.openText(record.emailSealed, context: Self.people("email", record.id))
    }

    /// What a person is found by.
    func emailIndex(_ address: ElectronicAddress) -> [UInt8] { vault.index(address.key, purpose: "email") }

    static func people(_ column: String, _ id: String) -> SealContext {
        SealContext(table: "people", column: column, row: id)
    }

    /// A hash of `password`, in the form ``PasswordPolicy`` makes of it.
    func hash(_ password: String) async throws -> String {
        do {
            return try await hasher.hash(PasswordPolicy.normalized(password))
        } catch VaultFailure.busy {
            throw ServiceFailure.busy
        }
    }

    /// Whether `password` belongs to `hash`; with nil it takes as long, and does not.
    func verify(_ password: String, against hash: String?) async throws -> Bool {
        // Nobody can have chosen a longer one.
        guard password.utf8.count <= PasswordPolicy.bytesMax else { return false }
        do {
            return try await hasher.verify(PasswordPolicy.normalized(password), against: hash)
        } catch VaultFailure.busy {
            throw ServiceFailure.busy
        }
    }
}
