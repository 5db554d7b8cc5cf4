import CLinux
import Credentials
import TURNClient

extension LoadPlan {
    /// Seconds that a session's own time-limited credential lives.
    private static let credentialSeconds: Int64 = 86_400
    /// How long an answer over a stream may take, in milliseconds.
    private static let streamTimeout: UInt64 = 10_000

    /// What the client of a session proves itself with; `id` tells its credential from those of other sessions.
    func clientSettings(id: String) -> ClientSettings {
        var settings: ClientSettings
        switch credential {
        case .user(let name, let password): settings = ClientSettings(username: name, password: password)
        case .secret(let secret):
            let issued = TimeLimitedCredential.issue(
                secret: secret, id: id, expiresAtUnixSeconds: clinux_unix_seconds() + LoadPlan.credentialSeconds)
            settings = ClientSettings(username: issued.username, password: issued.password)
        }
        settings.streamTimeout = LoadPlan.streamTimeout
        return settings
    }
}
