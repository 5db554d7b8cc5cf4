import Foundation
import Logging
import Store
import Vault

extension SessionService {
    /// Signs a person in. A wrong password, an unknown address and a try that comes too early are answered alike, and
    /// after the same work.
    public func signIn(email: String, password: String, address: String, agent: String) async throws -> SignIn {
        let pace = core.answerPace
        let source = AttemptLimiter.source(address)
        // What is no address belongs to nobody, and is worked on like any other.
        let key = core.vault.index(ElectronicAddress(email)?.key ?? "", purpose: "email")
        let (person, admitted) = try await admit(account: key, source: source)
        let matches = try await core.verify(password, against: admitted ? person?.passwordPHC : nil)
        guard let person, matches else {
            try await fail(person, reason: admitted ? "password" : "delayed", address: address)
            await pace.wait()
            throw Self.refused
        }
        let old = person.passwordPHC ?? ""
        let rehashed = core.hasher.needsRehash(old) ? try await core.hash(password) : nil
        let (result, ended) = try await core.store.write {
            [self] connection -> (Result<SignIn, ServiceFailure>, EndedSessions) in
            // As it is now: it may have been disabled or changed while the password was hashed.
            guard let current = try connection.person(id: person.id), current.passwordPHC == person.passwordPHC else {
                return (.failure(Self.refused), EndedSessions())
            }
            if let closed = Self.closed(current.state) {
                try audit(current, .failure, "state \(current.state.rawValue)", address, connection)
                return (.failure(closed), EndedSessions())
            }
            if let rehashed {
                try connection.replacePasswordHash(of: current.id, old, with: rehashed)
            }
            if current.totpConfirmedAt != nil {
                return (.success(try challenge(current, address, connection)), EndedSessions())
            }
            let (grant, ended) = try begin(current, address: address, agent: agent, factor: "password", connection)
            return (.success(.signedIn(grant)), ended)
        }
        await events.publish(ended)
        return try result.get()
    }

    /// Answers the question for the second factor with a code of the app or a recovery code.
    public func completeTOTP(
        challenge: String, code: String, address: String, agent: String
    ) async throws -> SessionGrant {
        guard let hash = Token.hash(challenge) else { throw Self.challengeOver }
        let (result, ended) = try await core.store.write { [self] connection in
            try answer(hash, code, address: address, agent: agent, connection)
        }
        await events.publish(ended)
        return try result.get()
    }

    // MARK: Steps

    /// Counts the try. The person, if there is one, and whether the password may be looked at.
    private func admit(account: [UInt8], source: String) async throws -> (PersonRecord?, Bool) {
        let (person, wait, isBlocked) = try await core.store.write { [limiter] connection in
            let person = try connection.person(emailIndex: account)
            if let wait = try limiter.charge([.source(source)], connection) { return (person, wait, true) }
            var buckets = [AttemptLimiter.Bucket.pair(account: account, source: source)]
            // Asked for nobody too: the same work.
            if try !limiter.isKnown(source, to: person?.id ?? "", connection) { buckets.append(.account(account)) }
            return (person, 0, try limiter.charge(buckets, connection) != nil)
        }
        // The source alone is meant: nothing is told of any account, and no work is spent.
        if wait > 0 { throw ServiceFailure.tooMany(retryAfterSeconds: Int((wait + 999) / 1000)) }
        return (person, !isBlocked)
    }

    private func fail(_ person: PersonRecord?, reason: String, address: String) async throws {
        try await core.store.write { [self] connection in
            try audit(person, .failure, reason, address, connection)
        }
    }

    private func audit(
        _ person: PersonRecord?, _ outcome: AuditOutcome, _ reason: String, _ address: String,
        _ connection: any StoreConnection
    ) throws {
        try connection.audit(
            AuditEvent(
                type: .signIn, outcome: outcome, requester: person?.id, owner: person?.id,
                message: outcome == .success ? "signed in" : "a sign-in was refused",
                extra: [outcome == .success ? "factor" : "reason": .text(reason)], address: address),
            core.surroundings)
    }

    private func challenge(
        _ person: PersonRecord, _ address: String, _ connection: any StoreConnection
    ) throws -> SignIn {
        let token = Token.text(core.surroundings.random(Token.bytes))
        let expiresAt = core.now + Int64(core.settings.sessions.challengeSeconds) * 1000
        try connection.insert(
            ChallengeRecord(
                hash: Token.digest(Array(token.utf8)), personID: person.id, expiresAt: expiresAt, address: address))
        return .totpRequired(challenge: token)
    }

    /// All in one transaction: of two who come with the same code one wins.
    private func answer(
        _ hash: [UInt8], _ code: String, address: String, agent: String, _ connection: any StoreConnection
    ) throws -> (Result<SessionGrant, ServiceFailure>, EndedSessions) {
        let attemptsMax = core.settings.sessions.challengeAttemptsMax
        guard let challenge = try connection.tryChallenge(hash: hash, at: core.now, attemptsMax: attemptsMax),
            let person = try connection.person(id: challenge.personID), person.totpConfirmedAt != nil
        else { return (.failure(Self.challengeOver), EndedSessions()) }
        if let closed = Self.closed(person.state) { return (.failure(closed), EndedSessions()) }
        let source = AttemptLimiter.source(address)
        let isHeldUp =
            try !limiter.isKnown(source, to: person.id, connection)
            && limiter.charge([.code(person: person.id)], connection) != nil
        guard !isHeldUp, let factor = try SecondFactor(core: core).take(code, of: person, connection) else {
            try connection.audit(
                AuditEvent(
                    type: .mfaFailed, outcome: .failure, requester: person.id, owner: person.id,
                    message: "a code was refused", extra: ["reason": isHeldUp ? "delayed" : "code"], address: address),
                core.surroundings)
            return (.failure(Self.codeRefused), EndedSessions())
        }
        let (grant, ended) = try begin(person, address: address, agent: agent, factor: factor.rawValue, connection)
        return (.success(grant), ended)
    }

    /// Begins a session, always with a token that was never used before [ASVS 5.0 7.2.4].
    private func begin(
        _ person: PersonRecord, address: String, agent: String, factor: String, _ connection: any StoreConnection
    ) throws -> (SessionGrant, EndedSessions) {
        let source = AttemptLimiter.source(address)
        try limiter.clear(.pair(account: person.emailIndex, source: source), connection)
        try limiter.clear(.account(person.emailIndex), connection)
        try limiter.clear(.code(person: person.id), connection)
        try limiter.refund(.source(source), connection)
        try connection.deleteChallenges(of: person.id)
        let ended = try makeRoom(for: person, address, connection)

        let id = Identifier.make(core.surroundings)
        let token = Token.text(core.surroundings.random(Token.bytes))
        let csrf = Self.csrf(for: token)
        let expiresAt = core.now + Int64(core.settings.sessions.lifetimeSeconds) * 1000
        let agent = String(decoding: agent.utf8.prefix(Self.agentBytesMax), as: UTF8.self)
        try connection.insert(
            SessionRecord(
                id: id, tokenHash: Token.digest(Array(token.utf8)), personID: person.id,
                csrfHash: Token.digest(Array(csrf.utf8)), createdAt: core.now, seenAt: core.now, expiresAt: expiresAt,
                address: address, agentSealed: core.vault.seal(agent, context: Self.agent(id))))
        try audit(person, .success, factor, address, connection)
        let grant = SessionGrant(
            token: token, csrf: csrf, sessionID: id, expiresAt: expiresAt, person: try core.person(person))
        return (grant, ended)
    }

    /// Ends the oldest sessions of a person who has too many.
    private func makeRoom(
        for person: PersonRecord, _ address: String, _ connection: any StoreConnection
    ) throws -> EndedSessions {
        let living = try connection.unendedSessions(of: person.id)
        var ended = EndedSessions()
        let cause = SessionEnd(requester: person.id, reason: "too many sessions", address: address)
        for session in living.prefix(max(0, living.count - core.settings.sessions.sessionsPerPersonMax + 1)) {
            ended.sessions += try core.end(session, cause, connection).sessions
        }
        return ended
    }

    // MARK: Refusals

    private static let refused = ServiceFailure(
        code: "sign_in_refused", status: 401, message: "The address or the password is wrong.")
    private static let codeRefused = ServiceFailure(
        code: "code_refused", status: 401, message: "The code is wrong, or was used before. Wait for the next one.")
    private static let challengeOver = ServiceFailure(
        code: "challenge_over", status: 401, message: "This took too long, or too many codes. Sign in again.")

    /// Told only to who knows the password.
    private static func closed(_ state: PersonState) -> ServiceFailure? {
        switch state {
        case .active: nil
        case .pending:
            ServiceFailure(
                code: "account_not_activated", status: 403,
                message: "Activate the account first, with the key that was sent to you.")
        case .disabled:
            ServiceFailure(
                code: "account_disabled", status: 403,
                message: "An administrator closed this account. Ask for it to be opened.")
        }
    }
}
