import Foundation
import Store
import Vault

/// What sets an authenticator app up; seen once.
public struct TOTPSetup: Sendable, Hashable {
    /// The secret as people type it.
    public let secret: String
    /// The secret as apps read it.
    public let uri: String
    /// The same as a picture to scan.
    public let qrSVG: String
}

extension AccountService {
    /// Makes a secret for an authenticator app. It counts when ``confirmTOTP(code:by:)`` has seen a code of it.
    public func beginTOTP(password: String, by principal: Principal) async throws -> TOTPSetup {
        let person = try await confirmed(principal, password: password)
        let secret = core.surroundings.random(TimeBasedCode.secretBytes)
        let uri = TimeBasedCode.uri(
            secret: secret, issuer: core.settings.serviceName, account: try core.email(of: person))
        guard let picture = QRCodePicture.svg(of: uri) else {
            throw ServiceFailure.invalid("The address is too long for a QR code.")
        }
        try await core.store.write { [core] connection in
            guard var person = try connection.person(id: person.id), person.totpConfirmedAt == nil else {
                throw ServiceFailure(
                    code: "totp_on", status: 409, message: "The second factor is on. Switch it off first.")
            }
            person.totpSealed = core.vault.seal(secret, context: CompanionCore.people("totp", person.id))
            person.totpLastStep = 0
            try connection.update(person)
        }
        return TOTPSetup(secret: Identifier.text(secret).uppercased(), uri: uri, qrSVG: picture)
    }

    /// Switches the second factor on with a first code; the recovery codes are seen this once. All other sessions end.
    public func confirmTOTP(code: String, by principal: Principal) async throws -> [String] {
        let factor = SecondFactor(core: core)
        let (codes, ended) = try await core.store.write { [self] connection -> ([String]?, EndedSessions) in
            guard var person = try connection.person(id: principal.personID), person.state == .active else {
                throw ServiceFailure.notSignedIn
            }
            guard person.totpSealed != nil, person.totpConfirmedAt == nil else {
                throw ServiceFailure(
                    code: "totp_not_begun", status: 409, message: "Begin with setting up the second factor.")
            }
            if try limiter.charge([.code(person: person.id)], connection) != nil {
                return (nil, EndedSessions())
            }
            guard let step = try factor.matchingStep(code, of: person) else { return (nil, EndedSessions()) }
            person.totpConfirmedAt = core.now
            person.totpLastStep = step
            try connection.update(person)
            try limiter.clear(.code(person: person.id), connection)
            try notify(person, .totpOn, connection)
            try audit(
                .mfaEnabled, requester: person.id, owner: person.id, "the second factor was switched on",
                address: principal.address, connection)
            let cause = SessionEnd(
                requester: person.id, reason: "second factor switched on", address: principal.address)
            let ended = try core.endSessions(of: person.id, except: principal.sessionID, cause, connection)
            return (try factor.newRecoveryCodes(of: person.id, connection), ended)
        }
        guard let codes else { throw Self.codeWrong }
        mail.wake()
        await events.publish(ended)
        return codes
    }

    /// Switches the second factor off, with the password and a code of the app or a recovery code.
    public func disableTOTP(password: String, code: String, by principal: Principal) async throws {
        let person = try await confirmed(principal, password: password)
        let ended = try await core.store.write { [self] connection -> EndedSessions? in
            guard let person = try connection.person(id: person.id), person.totpConfirmedAt != nil else {
                throw Self.alreadyOff
            }
            guard try takes(code, of: person, address: principal.address, connection) else { return nil }
            return try switchOff(
                person, by: principal.personID, keeping: principal.sessionID, address: principal.address, connection)
        }
        guard let ended else { throw Self.codeWrong }
        mail.wake()
        await events.publish(ended)
    }

    /// Switches the second factor of somebody off who lost the app and the recovery codes. The administrator proves to
    /// be there: with the own password, and with a code where the own second factor is on. All sessions of the other
    /// person end.
    public func removeTOTP(of id: String, password: String, code: String?, by principal: Principal) async throws {
        guard principal.role == .admin else { throw ServiceFailure.forbidden }
        let administrator = try await confirmed(principal, password: password)
        let ended = try await core.store.write { [self] connection -> EndedSessions? in
            guard let person = try connection.person(id: id) else { throw ServiceFailure.notFound }
            guard person.totpConfirmedAt != nil else { throw Self.alreadyOff }
            guard let administrator = try connection.person(id: administrator.id) else {
                throw ServiceFailure.notSignedIn
            }
            if administrator.totpConfirmedAt != nil,
                try !takes(code ?? "", of: administrator, address: principal.address, connection)
            {
                return nil
            }
            return try switchOff(
                person, by: principal.personID, keeping: nil, address: principal.address, connection)
        }
        guard let ended else { throw Self.codeWrong }
        mail.wake()
        await events.publish(ended)
    }

    /// The same for an operator at the machine, who has no password here.
    public func removeTOTP(of id: String, by principal: Principal) async throws {
        guard principal.role == .admin else { throw ServiceFailure.forbidden }
        let ended = try await core.store.write { [self] connection -> EndedSessions in
            guard let person = try connection.person(id: id) else { throw ServiceFailure.notFound }
            return try switchOff(
                person, by: principal.personID, keeping: nil, address: principal.address, connection)
        }
        mail.wake()
        await events.publish(ended)
    }

    /// Whether the code is right; it is used up. What is wrong is counted and audited.
    private func takes(
        _ code: String, of person: PersonRecord, address: String, _ connection: any StoreConnection
    ) throws -> Bool {
        let isHeldUp = try limiter.charge([.code(person: person.id)], connection) != nil
        if !isHeldUp, try SecondFactor(core: core).take(code, of: person, connection) != nil {
            try limiter.clear(.code(person: person.id), connection)
            return true
        }
        try audit(
            .mfaFailed, .failure, requester: person.id, owner: person.id, "a code was refused", address: address,
            connection)
        return false
    }

    /// Switches the second factor off and forgets the recovery codes.
    func switchOff(
        _ person: PersonRecord, by requester: String, keeping session: String?, address: String,
        _ connection: any StoreConnection
    ) throws -> EndedSessions {
        // Read again: taking a code has written the row.
        guard var person = try connection.person(id: person.id) else { throw ServiceFailure.notFound }
        person.totpSealed = nil
        person.totpConfirmedAt = nil
        try connection.update(person)
        try connection.replaceRecoveryCodes(of: person.id, hashes: [])
        try limiter.clear(.code(person: person.id), connection)
        try notify(person, .totpOff, connection)
        try audit(
            .mfaDisabled, requester: requester, owner: person.id, "the second factor was switched off",
            address: address, connection)
        let cause = SessionEnd(requester: requester, reason: "second factor switched off", address: address)
        return try core.endSessions(of: person.id, except: session, cause, connection)
    }

    private static let alreadyOff = ServiceFailure(
        code: "totp_off", status: 409, message: "The second factor is off already.")
    private static let codeWrong = ServiceFailure(
        code: "code_refused", status: 403, message: "The code is wrong, or was used before. Wait for the next one.")
}
