import Foundation
import Store
import Vault

extension AccountService {
    /// Sends a link to choose a new password, if the address has an account; the caller learns nothing.
    public func forgot(email: String, address: String) async throws {
        let pace = core.answerPace
        let email = try checked(email: email)
        try await charge(source: address)
        let index = core.emailIndex(email)
        try await core.store.write { [self] connection in
            let mayWrite = try mayWrite(to: index, connection)
            let person = try connection.person(emailIndex: index)
            try audit(
                .passwordResetRequested, person?.state == .active ? .success : .failure, requester: nil,
                owner: person?.id, "a new password was asked for", address: address, connection)
            guard let person, mayWrite else { return }
            switch person.state {
            case .active: try sendReset(to: person, connection)
            case .pending: try sendKey(to: person, connection)
            case .disabled: break
            }
        }
        mail.wake()
        await pace.wait()
    }

    /// Chooses a new password with the token of a link. All sessions end; the second factor stays as it is.
    public func reset(token: String, password: String, address: String) async throws {
        try await charge(source: address)
        guard let hash = Token.hash(token) else { throw Self.tokenRefused }
        let now = core.now
        let owner = try await core.store.read { connection in
            try connection.passwordReset(hash: hash, at: now).flatMap { try connection.person(id: $0) }
        }
        guard let owner, owner.state == .active else { throw Self.tokenRefused }
        try check(password: password, personal: [try core.email(of: owner), try core.name(of: owner)])
        let phc = try await core.hash(password)
        let ended = try await core.store.write { [self] connection -> EndedSessions? in
            guard try connection.takePasswordReset(hash: hash, at: core.now),
                var person = try connection.person(id: owner.id), person.state == .active
            else { return nil }
            let cause = SessionEnd(requester: person.id, reason: "password reset", address: address)
            let ended = try setPassword(phc, of: &person, cause, connection)
            try audit(
                .passwordReset, requester: person.id, owner: person.id, "the password was reset", address: address,
                connection)
            return ended
        }
        guard let ended else { throw Self.tokenRefused }
        mail.wake()
        await events.publish(ended)
    }

    /// Changes the password of the person who asks. All other sessions end.
    public func changePassword(current: String, new: String, by principal: Principal) async throws {
        let person = try await confirmed(principal, password: current)
        try check(password: new, personal: [try core.email(of: person), try core.name(of: person)])
        let phc = try await core.hash(new)
        let ended = try await core.store.write { [self] connection -> EndedSessions in
            guard var current = try connection.person(id: person.id), current.passwordPHC == person.passwordPHC else {
                throw Self.passwordWrong
            }
            let cause = SessionEnd(
                requester: current.id, reason: "password changed", address: principal.address)
            let ended = try setPassword(phc, of: &current, keeping: principal.sessionID, cause, connection)
            try audit(
                .passwordChanged, requester: current.id, owner: current.id, "the password was changed",
                address: principal.address, connection)
            return ended
        }
        mail.wake()
        await events.publish(ended)
    }

    // MARK: Steps

    /// The person who asks, after the password proved that it is still the one who signed in [ASVS 5.0 7.5.1].
    func confirmed(_ principal: Principal, password: String) async throws -> PersonRecord {
        let source = AttemptLimiter.source(principal.address)
        let (person, wait) = try await core.store.write { [limiter] connection in
            guard let person = try connection.person(id: principal.personID), person.state == .active else {
                throw ServiceFailure.notSignedIn
            }
            let pair = AttemptLimiter.Bucket.pair(account: person.emailIndex, source: source)
            return (person, try limiter.charge([pair], connection))
        }
        if let wait { throw ServiceFailure.tooMany(retryAfterSeconds: Int((wait + 999) / 1000)) }
        let matches = try await core.verify(password, against: person.passwordPHC)
        try await core.store.write { [self] connection in
            if matches {
                try limiter.clear(.pair(account: person.emailIndex, source: source), connection)
            } else {
                try audit(
                    .passwordChanged, .failure, requester: person.id, owner: person.id,
                    "a wrong password was given for a change of the account", address: principal.address, connection)
            }
        }
        guard matches else { throw Self.passwordWrong }
        return person
    }

    func sendReset(to person: PersonRecord, _ connection: any StoreConnection) throws {
        let token = Token.text(core.surroundings.random(Token.bytes))
        // One link at a time: the last mail is the one that works.
        try connection.deletePasswordResets(of: person.id)
        try connection.insertPasswordReset(
            hash: Token.digest(Array(token.utf8)), person: person.id,
            expiresAt: core.now + Int64(settings.resetSeconds) * 1000)
        try mail.enqueue(.mail, to: try core.email(of: person), .reset(core.settings, token: token), connection)
    }

    private func setPassword(
        _ phc: String, of person: inout PersonRecord, keeping session: String? = nil, _ cause: SessionEnd,
        _ connection: any StoreConnection
    ) throws -> EndedSessions {
        person.passwordPHC = phc
        person.passwordChangedAt = core.now
        try connection.update(person)
        try connection.deletePasswordResets(of: person.id)
        try notify(person, .password, connection)
        return try core.endSessions(of: person.id, except: session, cause, connection)
    }

    static let passwordWrong = ServiceFailure(
        code: "password_wrong", status: 403, message: "The current password is wrong.")
    private static let tokenRefused = ServiceFailure(
        code: "token_refused", status: 400, message: "The link was used, or is too old. Ask for a new one.")
}
