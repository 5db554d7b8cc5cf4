import Companion
import RelayCommand
import Store

/// People by their address, for an operator at the machine.
struct PeopleDirectory {
    let core: CompanionCore

    /// Whoever has the data may do everything with it; the audit log names him so.
    static let operatorPrincipal = Principal(personID: "operator", sessionID: "", role: .admin, address: "")

    var accounts: AccountService {
        // Nothing is sent from here: what is queued leaves with the server that runs.
        AccountService(
            core: core, mail: MailService(core: core, mail: OutboxTransport()), events: SessionEvents())
    }

    /// The id of the account with this address.
    func id(of email: String) async throws -> String {
        guard let id = try await accounts.id(of: email, by: Self.operatorPrincipal) else {
            throw CommandFailure("there is no account of \(email); 'tern people list' lists all")
        }
        return id
    }

    /// Opens or closes the account with this address.
    func set(_ state: PersonState, of email: String) async throws {
        _ = try await accounts.change(
            try await id(of: email), PersonChange(state: state), by: Self.operatorPrincipal)
    }
}
