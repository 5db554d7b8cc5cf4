import ConfigurationKeys
import Credentials

/// Collects who may use the relay from the configuration and the files that it names.
struct CredentialReader {
    let configuration: RelayConfiguration
    let origins: Provenance
    private(set) var users: [UserRecord] = []
    private(set) var secrets: [SharedSecret] = []
    private(set) var nonceKey: [UInt8]?
    private(set) var problems: [ConfigurationProblem] = []
    private(set) var warnings: [String] = []

    init(configuration: RelayConfiguration, origins: Provenance) {
        self.configuration = configuration
        self.origins = origins
    }

    /// Who may use the relay, unless `problems` says why it cannot be told.
    mutating func read() -> CredentialDirectory? {
        readUsers()
        readUsersFile()
        readSecrets()
        guard problems.isEmpty else { return nil }
        var revocations = RevocationList()
        for name in configuration.revoked { revocations.revoke(name) }
        do {
            return try CredentialDirectory(
                realm: configuration.realm, users: users, secrets: secrets,
                separator: configuration.credentialSeparator.asciiValue ?? TimeLimitedCredential.defaultSeparator,
                revocations: revocations, policy: CredentialPolicy(requiresSHA256: configuration.requiresSHA256))
        } catch {
            report("relay.realm", error.text, "choose another one")
            return nil
        }
    }

    private mutating func readUsers() {
        for (index, user) in configuration.users.enumerated() {
            do {
                let record = try UserRecord(name: user.name, realm: configuration.realm, password: user.password)
                if users.contains(where: { $0.name == record.name }) {
                    report("relay.users", at: index, "the user \(user.name.quoted) is given twice", "keep one of them")
                }
                users.append(record)
            } catch {
                report(
                    "relay.users", at: index, "the name or the password of \(user.name.quoted) \(error.text)",
                    "choose another one")
            }
        }
    }

    private mutating func readUsersFile() {
        guard let path = configuration.usersFile else { return }
        let text: String
        do {
            text = try TextFile.read(path)
        } catch {
            report("relay.users-file", "cannot read the users file \(path): \(error.reason)", error.remedy)
            return
        }
        do {
            let records = try UsersFile.parse(text, realm: configuration.realm)
            for record in records where users.contains(where: { $0.name == record.name }) {
                report(
                    "relay.users-file", "the user \(record.name.quoted) is in relay.users and in \(path)",
                    "keep one of them")
            }
            users += records
        } catch {
            problems.append(
                ConfigurationProblem(
                    origin: .file(path: path, line: error.number), key: "relay.users-file",
                    problem: error.reason.problem, remedy: error.reason.remedy))
        }
    }

    private mutating func readSecrets() {
        secrets += configuration.secrets.map { SharedSecret(text: $0, label: SecretFile.defaultClass) }
        for (index, file) in configuration.secretFiles.enumerated() {
            guard let text = readSecret("relay.secret-files", at: index, file.path) else { continue }
            secrets.append(SharedSecret(text: text, label: file.credentialClass))
        }
        if let path = configuration.nonceSecretFile, let text = readSecret("relay.nonce-secret-file", path) {
            nonceKey = Array(text.utf8)
            if text.utf8.count < 16 {
                report(
                    "relay.nonce-secret-file", "the key in \(path) is shorter than 16 characters",
                    "write a longer one, for example: openssl rand -hex 32 > \(path)")
            }
        }
    }

    private mutating func readSecret(_ key: String, at index: Int? = nil, _ path: String) -> String? {
        do {
            let (secret, isReadableByAll) = try SecretFileReader.read(path)
            if isReadableByAll {
                warnings.append(
                    "\(origins.origin(key, at: index)): \(key): "
                        + "\(path) can be read by every user of this machine; chmod 600 \(path)")
            }
            return secret
        } catch {
            report(key, at: index, error.problem, error.remedy)
            return nil
        }
    }

    private mutating func report(_ key: String, at index: Int? = nil, _ problem: String, _ remedy: String) {
        problems.append(
            ConfigurationProblem(
                origin: origins.origin(key, at: index), key: key, problem: problem, remedy: remedy))
    }
}
