import Foundation
import Integrity
import Store
import Vault

extension AccountService {
    /// Makes an account that its owner activates with a key. The caller learns nothing, whether or not the address has
    /// an account.
    public func signUp(
        email: String, password: String, name: String, phone: String? = nil, address: String
    ) async throws {
        let pace = core.answerPace
        guard settings.signUpOpen else {
            throw ServiceFailure(
                code: "sign_up_closed", status: 403, message: "Ask an administrator for an invitation.")
        }
        let email = try checked(email: email)
        let name = try checked(name: name)
        let number = try phone.flatMap { $0.isEmpty ? nil : $0 }.map { text in
            guard let number = TelephoneNumber(text) else {
                throw ServiceFailure.invalid("Write the telephone number with + and the country's code.")
            }
            return number.text
        }
        try check(password: password, personal: [email.key, name])
        try await charge(source: address)
        let phc = try await core.hash(password)
        let index = core.emailIndex(email)
        try await core.store.write { [self] connection in
            let mayWrite = try mayWrite(to: index, connection)
            guard var person = try connection.person(emailIndex: index) else {
                var person = newPerson(email, name: name, role: .user)
                person.phoneSealed = number.map {
                    core.vault.seal($0, context: CompanionCore.people("phone", person.id))
                }
                person.passwordPHC = phc
                person.passwordChangedAt = core.now
                try connection.insert(person)
                try audit(
                    .accountCreated, requester: person.id, owner: person.id, "an account was made", address: address,
                    connection)
                if mayWrite { try sendKey(to: person, connection) }
                return
            }
            try audit(
                .accountCreated, .failure, requester: nil, owner: person.id, "an account was asked for again",
                ["state": .text(person.state.rawValue)], address: address, connection)
            if person.state == .pending {
                // Two people claim the address. Who holds the key chooses the password, or the other one would have it.
                person.passwordPHC = nil
                try connection.update(person)
                if mayWrite { try sendKey(to: person, connection) }
            } else if person.state == .active, mayWrite {
                try mail.enqueue(.mail, to: try core.email(of: person), .accountExists(core.settings), connection)
            }
        }
        mail.wake()
        await pace.wait()
    }

    /// Activates an account with the key that was sent to it. Who was invited, or whose address two people claimed,
    /// chooses the password here.
    public func activate(email: String, key: String, password: String? = nil, address: String) async throws {
        let pace = core.answerPace
        let password = password.flatMap { $0.isEmpty ? nil : $0 }
        if let password { try check(password: password, personal: [email]) }
        try await charge(source: address)
        let phc = if let password { try await core.hash(password) } else { String?.none }
        // What is no address belongs to nobody.
        let index = core.vault.index(ElectronicAddress(email)?.key ?? "", purpose: "email")
        let failure = try await core.store.write { [self] connection -> ServiceFailure? in
            guard var person = try connection.person(emailIndex: index), person.state == .pending,
                let activation = try connection.activation(of: person.id), activation.expiresAt > core.now
            else { return Self.keyRefused }
            let hash = keyHash(key, of: person.id)
            guard ConstantTime.equal(hash.span, activation.keyHash.span) else {
                try audit(
                    .accountActivated, .failure, requester: nil, owner: person.id, "a wrong activation key was given",
                    address: address, connection)
                try connection.countActivationAttempt(of: person.id)
                if activation.attempts + 1 >= settings.activationAttemptsMax {
                    try connection.deleteActivation(of: person.id)
                }
                return Self.keyRefused
            }
            guard let phc = phc ?? person.passwordPHC else { return Self.passwordRequired }
            if phc != person.passwordPHC { person.passwordChangedAt = core.now }
            person.passwordPHC = phc
            person.state = .active
            try connection.update(person)
            try connection.deleteActivation(of: person.id)
            try audit(
                .accountActivated, requester: person.id, owner: person.id, "the account was activated",
                address: address, connection)
            return nil
        }
        await pace.wait()
        if let failure { throw failure }
    }

    /// Sends a new key to an account that waits for its activation; the caller learns nothing.
    public func resendActivation(email: String, address: String) async throws {
        let pace = core.answerPace
        let email = try checked(email: email)
        try await charge(source: address)
        let index = core.emailIndex(email)
        try await core.store.write { [self] connection in
            guard try mayWrite(to: index, connection), let person = try connection.person(emailIndex: index),
                person.state == .pending
            else { return }
            try sendKey(to: person, connection)
        }
        mail.wake()
        await pace.wait()
    }

    // MARK: Steps

    func newPerson(_ email: ElectronicAddress, name: String, role: Role) -> PersonRecord {
        let id = Identifier.make(core.surroundings)
        return PersonRecord(
            id: id, emailSealed: core.vault.seal(email.text, context: CompanionCore.people("email", id)),
            emailIndex: core.emailIndex(email),
            nameSealed: core.vault.seal(name, context: CompanionCore.people("name", id)), state: .pending, role: role,
            createdAt: core.now)
    }

    /// Makes a key in place of an earlier one and sends it: the only key of the account that is valid.
    func sendKey(to person: PersonRecord, isInvitation: Bool = false, _ connection: any StoreConnection) throws {
        let phone =
            settings.activationChannel == .text && mail.sendsText && !isInvitation
            ? try person.phoneSealed.map {
                try core.vault.openText($0, context: CompanionCore.people("phone", person.id))
            } : nil
        // 40 bits suffice for what five tries and ten minutes are given; mail lasts longer and holds more.
        let key = KeyText.grouped(Identifier.text(core.surroundings.random(phone == nil ? 10 : 5)))
        let seconds = phone == nil ? settings.activationSecondsByMail : settings.activationSecondsByText
        try connection.replace(
            ActivationRecord(
                personID: person.id, keyHash: keyHash(key, of: person.id),
                expiresAt: core.now + Int64(seconds) * 1000))
        if let phone {
            try mail.enqueue(.text, to: phone, .activationByText(core.settings, key: key), connection)
            return
        }
        let email = try core.email(of: person)
        let text: MessageText =
            isInvitation || person.passwordPHC == nil
            ? .invitation(core.settings, email: email, key: key)
            : .activation(core.settings, email: email, key: key)
        try mail.enqueue(.mail, to: email, text, connection)
    }

    /// Keyed, since the key of a text message is short enough to be tried out.
    private func keyHash(_ key: String, of person: String) -> [UInt8] {
        core.vault.index("\(person) \(KeyText.plain(key))", purpose: "activation key")
    }

    private static let keyRefused = ServiceFailure(
        code: "key_refused", status: 400, message: "The key is wrong, was used, or is too old. Ask for a new one.")
    private static let passwordRequired = ServiceFailure(
        code: "password_required", status: 400, message: "Choose a password for the account.")
}
