public import ArgumentParser
import Companion
import Foundation
import RelayCommand
import Store

/// `tern people`: accounts, for an operator at the machine.
public struct PeopleCommand: AsyncParsableCommand {
    /// Its subcommands do the work.
    public static let configuration = CommandConfiguration(
        commandName: "people",
        abstract: "List, invite, disable and reset accounts of the companion.",
        discussion: "Works on the data itself, whether the companion runs or not; each change is in the audit log.",
        subcommands: [
            PeopleListCommand.self, PeopleInviteCommand.self, PeopleDisableCommand.self, PeopleEnableCommand.self,
            PeopleResetCommand.self, PeopleAdministratorCommand.self,
        ])

    /// For the parser.
    public init() {}
}

/// `tern people list`.
struct PeopleListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List accounts.")

    @Option(help: ArgumentHelp("Part of a name or an address.", valueName: "text"))
    var search: String?

    @OptionGroup var data: CompanionDataOptions

    mutating func run() async throws {
        let query = search
        try await data.withCore { core, _ in
            let people = try await PeopleDirectory(core: core).accounts.people(
                query: query, by: PeopleDirectory.operatorPrincipal)
            let rows = people.map { entry in
                [
                    entry.person.email, entry.person.name, entry.person.role.rawValue, entry.person.state.rawValue,
                    entry.person.totp ? "yes" : "no", "\(entry.sessions)",
                ]
            }
            Terminal.print(TextColumns.align([["ADDRESS", "NAME", "ROLE", "STATE", "TOTP", "SESSIONS"]] + rows))
        }
    }
}

/// `tern people invite`.
struct PeopleInviteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Make an account and queue its invitation.")

    @Argument(help: "The address.") var email: String
    @Option(help: "The name that others see.") var name: String
    @Flag(help: "Make the person an administrator.") var admin = false
    @OptionGroup var data: CompanionDataOptions

    mutating func run() async throws {
        let (email, name, role) = (email, name, admin ? Role.admin : Role.user)
        try await data.withCore { core, _ in
            _ = try await PeopleDirectory(core: core).accounts.invite(
                email: email, name: name, role: role, by: PeopleDirectory.operatorPrincipal)
            Terminal.print("\(email) is invited; the companion sends the key")
        }
    }
}

/// `tern people disable`.
struct PeopleDisableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Close an account and end its sessions.")

    @Argument(help: "The address.") var email: String
    @OptionGroup var data: CompanionDataOptions

    mutating func run() async throws {
        let email = email
        try await data.withCore { core, _ in
            let people = PeopleDirectory(core: core)
            _ = try await people.accounts.change(
                try await people.id(of: email), PersonChange(state: .disabled), by: PeopleDirectory.operatorPrincipal)
            Terminal.print("\(email) is disabled")
        }
    }
}

/// `tern people enable`.
struct PeopleEnableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "enable", abstract: "Open an account again.")

    @Argument(help: "The address.") var email: String
    @OptionGroup var data: CompanionDataOptions

    mutating func run() async throws {
        let email = email
        try await data.withCore { core, _ in
            let people = PeopleDirectory(core: core)
            _ = try await people.accounts.change(
                try await people.id(of: email), PersonChange(state: .active), by: PeopleDirectory.operatorPrincipal)
            Terminal.print("\(email) is enabled")
        }
    }
}

/// `tern people reset`.
struct PeopleResetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Queue a link to choose a new password.")

    @Argument(help: "The address.") var email: String
    @Flag(help: "Switch the second factor off too, for somebody who lost it.") var totp = false
    @OptionGroup var data: CompanionDataOptions

    mutating func run() async throws {
        let (email, totp) = (email, totp)
        try await data.withCore { core, _ in
            let people = PeopleDirectory(core: core)
            let id = try await people.id(of: email)
            if totp { try await people.accounts.removeTOTP(of: id, by: PeopleDirectory.operatorPrincipal) }
            try await people.accounts.resetByAdministrator(id, by: PeopleDirectory.operatorPrincipal)
            Terminal.print("a link to choose a new password is queued for \(email)")
        }
    }
}

/// `tern people administrator`.
struct PeopleAdministratorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "administrator", abstract: "Make the first administrator, and show the password once.")

    @Argument(help: "The address.") var email: String
    @OptionGroup var data: CompanionDataOptions

    mutating func run() async throws {
        let email = email
        try await data.withCore { core, _ in
            guard let made = try await PeopleDirectory(core: core).accounts.ensureAdministrator(email: email) else {
                throw CommandFailure("there is an administrator already; 'tern people list' lists all")
            }
            Terminal.print("email     \(made.email)\npassword  \(made.password)  (shown this once)")
        }
    }
}
