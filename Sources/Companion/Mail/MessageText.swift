import Foundation

/// What mails and text messages say. Names that strangers chose never stand in them: a sign-up for somebody else's
/// address would carry an advertisement to it.
struct MessageText: Sendable, Equatable {
    let subject: String
    let body: String

    /// For who made an account: the key that proves the address.
    static func activation(_ settings: CompanionSettings, email: String, key: String) -> MessageText {
        MessageText(
            subject: "Activate your account with \(settings.serviceName)",
            body: """
                Somebody, presumably you, made an account with \(settings.serviceName) for this address.
                To activate it, open

                \(link(settings, "activate", [("email", email), ("key", key)]))

                or enter this key: \(key)

                It is valid for \(duration(settings.accounts.activationSecondsByMail)), once.
                If it was not you, do nothing: the account stays closed.

                """)
    }

    /// The same in a text message.
    static func activationByText(_ settings: CompanionSettings, key: String) -> MessageText {
        MessageText(
            subject: "",
            body: "\(key) activates your account with \(settings.serviceName). Valid for "
                + "\(duration(settings.accounts.activationSecondsByText)). Nobody will ask you for it.")
    }

    /// For who was invited by an administrator.
    static func invitation(_ settings: CompanionSettings, email: String, key: String) -> MessageText {
        MessageText(
            subject: "You are invited to \(settings.serviceName)",
            body: """
                An administrator of \(settings.serviceName) made an account for this address.
                To choose a password and begin, open

                \(link(settings, "activate", [("email", email), ("key", key), ("invited", "1")]))

                or enter this key: \(key)

                It is valid for \(duration(settings.accounts.activationSecondsByMail)), once.

                """)
    }

    /// For who has an account and made another one.
    static func accountExists(_ settings: CompanionSettings) -> MessageText {
        MessageText(
            subject: "You have an account with \(settings.serviceName)",
            body: """
                Somebody, presumably you, wanted to make an account with \(settings.serviceName) for this address.
                It has one already. Sign in, or choose a new password if you forgot yours:

                \(settings.publicURL)/

                If it was not you, do nothing.

                """)
    }

    /// For who forgot the password.
    static func reset(_ settings: CompanionSettings, token: String) -> MessageText {
        MessageText(
            subject: "Choose a new password for \(settings.serviceName)",
            body: """
                Somebody, presumably you, asked for a new password for \(settings.serviceName). To choose one, open

                \(link(settings, "reset", [("token", token)]))

                The link is valid for \(duration(settings.accounts.resetSeconds)), once.
                If it was not you, do nothing: your password stays.

                """)
    }

    /// A change that its owner has to know of, in case somebody else made it.
    static func notice(_ settings: CompanionSettings, _ change: Notice) -> MessageText {
        MessageText(
            subject: "\(change.subject) - \(settings.serviceName)",
            body: """
                \(change.subject) for your account with \(settings.serviceName).
                Your other sessions were ended. If it was not you, choose a new password at once and tell your
                administrator:

                \(settings.publicURL)/

                """)
    }

    /// What was changed.
    enum Notice {
        case password
        case totpOn
        case totpOff

        fileprivate var subject: String {
            switch self {
            case .password: "The password was changed"
            case .totpOn: "The second factor was switched on"
            case .totpOff: "The second factor was switched off"
            }
        }
    }

    /// The secrets stand behind `#`: browsers send that part to no server, so it is in no log.
    private static func link(_ settings: CompanionSettings, _ page: String, _ values: [(String, String)]) -> String {
        let query = values.map { "\($0)=\(PercentText.encode($1))" }.joined(separator: "&")
        return "\(settings.publicURL)/#\(page)?\(query)"
    }

    static func duration(_ seconds: Int) -> String {
        switch seconds {
        case 7200... where seconds % 3600 == 0: "\(seconds / 3600) hours"
        case 3600: "1 hour"
        case 120... where seconds % 60 == 0: "\(seconds / 60) minutes"
        case 60: "1 minute"
        default: "\(seconds) seconds"
        }
    }
}
