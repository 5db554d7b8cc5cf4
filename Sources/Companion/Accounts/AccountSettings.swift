/// Knobs of accounts.
public struct AccountSettings: Sendable, Hashable {
    /// How the key of a new account travels.
    public enum ActivationChannel: String, Sendable, Hashable, CaseIterable {
        /// By mail: it proves the address that people are known by.
        case mail
        /// By text message where a telephone number was given, by mail otherwise.
        case text
    }

    /// What a password must have.
    public var passwordProfile = PasswordProfile.standard
    /// Whether people may make accounts for themselves; administrators can invite them either way.
    public var signUpOpen = true
    /// How the key of a new account travels.
    public var activationChannel = ActivationChannel.mail
    /// How long a key that came by mail is valid.
    public var activationSecondsByMail = 24 * 3600
    /// How long a key that came by text message is valid [NIST SP 800-63B-4 3.1.3.2: 10 minutes].
    public var activationSecondsByText = 600
    /// Wrong keys after which the right one is void.
    public var activationAttemptsMax = 5
    /// Answers to strangers, who may not learn which addresses have accounts, leave after a multiple of this: longer
    /// than a hash and two writes take.
    public var answerMilliseconds = 100
    /// How long the link of a forgotten password is valid.
    public var resetSeconds = 1800

    /// The defaults.
    public init() {}
}
