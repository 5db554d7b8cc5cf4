import Foundation
public import Store
import Vault

/// The administrator of a new installation, and how to sign in as such.
public struct FirstAdministrator: Sendable, Hashable {
    /// The address.
    public let email: String
    /// The password, which is seen this once.
    public let password: String
}

/// What an administrator changes of a person; what is nil stays.
public struct PersonChange: Sendable, Hashable {
    /// Whether the account is open.
    public var state: PersonState?
    /// What the person may do.
    public var role: Role?
    /// The name.
    public var name: String?

    /// A change.
    public init(state: PersonState? = nil, role: Role? = nil, name: String? = nil) {
        self.state = state
        self.role = role
        self.name = name
    }
}

extension AccountService {
    /// People that are listed at most.
    public static let listMax = 200
    /// Contacts that are listed at most.
    public static let contactsMax = 1000
    /// People that are looked through for a list: names and addresses are sealed, so the database cannot search them.
    static let searchMax = 20_000

    /// The person who asks.
    public func me(_ principal: Principal) async throws -> Person {
        try await core.store.read { [core] connection in
            guard let record = try connection.person(id: principal.personID) else { throw ServiceFailure.notSignedIn }
            return try core.person(record)
        }
    }

    /// Everybody who can be called, by name, from the one behind the person `after` on.
    public func contacts(limit: Int = contactsMax, after: String? = nil) async throws -> Page<Contact> {
        let limit = min(max(limit, 1), Self.contactsMax)
        let (all, last) = try await core.store.read { [core] connection -> ([Contact], Contact?) in
            func contact(_ person: PersonRecord) throws -> Contact {
                Contact(id: person.id, name: try core.name(of: person))
            }
            // Also when that account was closed meanwhile, its name tells where to go on.
            let last = try after.flatMap { try connection.person(id: $0) }
            if after != nil, last == nil { throw ServiceFailure.cursor }
            return (
                try connection.people(state: .active, limit: Self.searchMax).map(contact), try last.map(contact)
            )
        }
        func isBefore(_ one: Contact, _ other: Contact) -> Bool {
            (one.name.lowercased(), one.id) < (other.name.lowercased(), other.id)
        }
        let rest = all.filter { contact in last.map { isBefore($0, contact) } ?? true }.sorted(by: isBefore)
        return Page(Array(rest.prefix(limit + 1)), limit: limit, cursor: { PageCursor(key: 0, id: $0.id) }) { $0 }
    }

    /// What others see of these people; ids of nobody are left out.
    public func contacts(ids: [String]) async throws -> [Contact] {
        try await core.store.read { [core] connection in
            try Set(ids.prefix(Self.listMax)).compactMap { try connection.person(id: $0) }
                .map { Contact(id: $0.id, name: try core.name(of: $0)) }
        }
    }

    /// People whose name or address holds `query`, with the figures of an administrator's list; the oldest first.
    public func people(
        query: String? = nil, limit: Int = listMax, after cursor: PageCursor? = nil, by principal: Principal
    ) async throws -> Page<PersonOverview> {
        guard principal.role == .admin else { throw ServiceFailure.forbidden }
        let (query, limit, limits) = ((query ?? "").lowercased(), min(max(limit, 1), Self.listMax), core.sessionLimits)
        return try await core.store.read { [core] connection in
            var found: [PersonOverview] = []
            let records = try connection.people(limit: Self.searchMax, after: cursor)
            for (index, record) in records.enumerated() {
                let person = try core.person(record)
                let isFound =
                    query.isEmpty || person.name.lowercased().contains(query)
                    || person.email.lowercased().contains(query)
                if isFound {
                    let (sessions, seen) = try connection.sessionFigures(of: record.id, limits)
                    found.append(PersonOverview(person: person, sessions: sessions, lastSeenAt: seen))
                }
                let isLastLooked = index == records.count - 1
                guard found.count == limit || isLastLooked && records.count == Self.searchMax else { continue }
                let next = PageCursor(key: record.createdAt, id: record.id)
                return Page(found, next: isLastLooked && records.count < Self.searchMax ? nil : next)
            }
            return Page(found, next: nil)
        }
    }

    /// The id of the account with this address; nil when there is none.
    public func id(of email: String, by principal: Principal) async throws -> String? {
        guard principal.role == .admin else { throw ServiceFailure.forbidden }
        guard let address = ElectronicAddress(email) else { return nil }
        let index = core.emailIndex(address)
        return try await core.store.read { try $0.person(emailIndex: index)?.id }
    }

    /// Makes an account for somebody and sends the invitation.
    public func invite(email: String, name: String, role: Role, by principal: Principal) async throws -> Person {
        guard principal.role == .admin else { throw ServiceFailure.forbidden }
        let email = try checked(email: email)
        let name = try checked(name: name)
        let person = try await core.store.write { [self] connection in
            guard try connection.person(emailIndex: core.emailIndex(email)) == nil else {
                throw ServiceFailure(code: "address_taken", status: 409, message: "This address has an account.")
            }
            let person = newPerson(email, name: name, role: role)
            try connection.insert(person)
            try sendKey(to: person, isInvitation: true, connection)
            try audit(
                .accountInvited, requester: principal.personID, owner: person.id, "somebody was invited",
                ["role": .text(role.rawValue)], address: principal.address, connection)
            return try core.person(person)
        }
        mail.wake()
        return person
    }

    /// Opens, closes or renames an account, or changes what its person may do. When it is closed or the role changes
    /// its sessions end, and with them its sockets and what it holds at the relay.
    public func change(_ id: String, _ change: PersonChange, by principal: Principal) async throws -> Person {
        guard principal.role == .admin else { throw ServiceFailure.forbidden }
        let name = try change.name.map { try checked(name: $0) }
        let (person, ended) = try await core.store.write { [self] connection -> (Person, EndedSessions) in
            guard var person = try connection.person(id: id) else { throw ServiceFailure.notFound }
            let before = person
            if let name { person.nameSealed = core.vault.seal(name, context: CompanionCore.people("name", id)) }
            if let role = change.role { person.role = role }
            if let state = change.state { person.state = try Self.state(state, of: before) }
            try connection.update(person)
            try keepAdministrator(connection)
            try auditChange(before, person, isRenamed: name != nil, principal, connection)
            var ended = EndedSessions()
            if person.state == .disabled, before.state != .disabled {
                try connection.deletePasswordResets(of: id)
                try connection.deleteActivation(of: id)
                ended = try end(id, "account disabled", principal, connection)
                ended.signedOut = [id]
            } else if person.role != before.role {
                ended = try end(id, "role changed", principal, connection)
            }
            return (try core.person(person), ended)
        }
        await events.publish(ended)
        return person
    }

    /// Sends a person the link to choose a new password and ends all sessions: for an account in wrong hands.
    public func resetByAdministrator(_ id: String, by principal: Principal) async throws {
        guard principal.role == .admin else { throw ServiceFailure.forbidden }
        let ended = try await core.store.write { [self] connection -> EndedSessions in
            guard let person = try connection.person(id: id) else { throw ServiceFailure.notFound }
            switch person.state {
            case .active: try sendReset(to: person, connection)
            case .pending: try sendKey(to: person, isInvitation: person.passwordPHC == nil, connection)
            case .disabled:
                throw ServiceFailure(code: "account_disabled", status: 409, message: "Open the account first.")
            }
            try audit(
                .passwordResetRequested, requester: principal.personID, owner: id,
                "an administrator asked for a new password", address: principal.address, connection)
            return try end(id, "reset by an administrator", principal, connection)
        }
        mail.wake()
        await events.publish(ended)
    }

    /// Makes the first administrator of a new installation; nil when it has one already.
    public func ensureAdministrator(email: String, name: String = "Administrator") async throws -> FirstAdministrator? {
        let address = try checked(email: email)
        let name = try checked(name: name)
        guard try await core.store.read({ try $0.activePeopleCount(role: .admin) }) == 0 else { return nil }
        let password = newPassword()
        let phc = try await core.hash(password)
        return try await core.store.write { [self] connection in
            guard try connection.activePeopleCount(role: .admin) == 0 else { return nil }
            guard try connection.person(emailIndex: core.emailIndex(address)) == nil else {
                throw ServiceFailure(
                    code: "address_taken", status: 409,
                    message: "\(address.text) has an account that is no administrator's; name another address")
            }
            var person = newPerson(address, name: name, role: .admin)
            person.state = .active
            person.passwordPHC = phc
            person.passwordChangedAt = core.now
            try connection.insert(person)
            try audit(
                .accountCreated, requester: nil, owner: person.id, "the first administrator was made", address: "",
                connection)
            return FirstAdministrator(email: address.text, password: password)
        }
    }

    // MARK: Steps

    private func end(
        _ person: String, _ reason: String, _ principal: Principal, _ connection: any StoreConnection
    ) throws -> EndedSessions {
        let cause = SessionEnd(requester: principal.personID, reason: reason, address: principal.address)
        return try core.endSessions(of: person, cause, connection)
    }

    /// An account that was never activated stays so when it is opened again; nobody makes one pending.
    private static func state(_ state: PersonState, of person: PersonRecord) throws -> PersonState {
        switch state {
        case .disabled: return .disabled
        case .active where person.state == .pending:
            throw ServiceFailure(
                code: "account_not_activated", status: 409, message: "Its owner has to activate the account.")
        case .active: return person.passwordPHC == nil ? .pending : .active
        case .pending where person.state == .pending: return .pending
        case .pending: throw ServiceFailure.invalid("An account cannot be made pending.")
        }
    }

    /// Refuses what would leave the installation without anybody to look after it.
    private func keepAdministrator(_ connection: any StoreConnection) throws {
        guard try connection.activePeopleCount(role: .admin) == 0 else { return }
        throw ServiceFailure(
            code: "last_administrator", status: 409, message: "This is the last administrator. Make another one first.")
    }

    private func auditChange(
        _ before: PersonRecord, _ after: PersonRecord, isRenamed: Bool, _ principal: Principal,
        _ connection: any StoreConnection
    ) throws {
        func note(_ type: AuditType, _ message: String, _ extra: [String: AuditValue] = [:]) throws {
            try audit(
                type, requester: principal.personID, owner: after.id, message, extra, address: principal.address,
                connection)
        }
        if after.state != before.state {
            let isClosed = after.state == .disabled
            try note(
                isClosed ? .accountDisabled : .accountEnabled,
                isClosed ? "the account was closed" : "the account was opened")
        }
        if after.role != before.role {
            try note(.accountChanged, "the role was changed", ["role": .text(after.role.rawValue)])
        }
        if isRenamed { try note(.accountChanged, "the name was changed") }
    }

    /// 100 bits, in a form that any profile takes.
    private func newPassword() -> String {
        while true {
            let text = Identifier.text(core.surroundings.random(13)).prefix(20)
            let mixed = text.enumerated().map {
                $0.offset.isMultiple(of: 2) ? $0.element.uppercased() : "\($0.element)"
            }
            let password = KeyText.grouped(mixed.joined())
            if (try? policy.check(password)) != nil { return password }
        }
    }
}
