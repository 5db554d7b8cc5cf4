import ConfigurationKeys
import Credentials

/// Users with hashed keys: a line each as `UserRecord` writes it, empty lines and lines that begin with `#` aside.
enum UsersFile {
    /// A line that is no user of this realm.
    struct BadLine: Error {
        var number: Int
        var reason: BadValue
    }

    /// The users of a file's text, in order.
    static func parse(_ text: String, realm: String) throws(BadLine) -> [UserRecord] {
        var users: [UserRecord] = []
        var lineOfName: [String: Int] = [:]
        for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = raw.trimmed
            if line.isEmpty || line.hasPrefix("#") { continue }
            let number = index + 1
            guard let user = UserRecord(line: line) else {
                throw BadLine(
                    number: number,
                    reason: BadValue(
                        problem: "this is no line of a users file", remedy: "write what 'tern credentials hash' prints")
                )
            }
            if user.realm != realm {
                throw BadLine(
                    number: number,
                    reason: BadValue(
                        problem: "the key of \(user.name.quoted) is for the realm \(user.realm.quoted), not for "
                            + realm.quoted,
                        remedy: "hash the password again with --realm \(realm)"))
            }
            if let earlier = lineOfName.updateValue(number, forKey: user.name) {
                throw BadLine(
                    number: number,
                    reason: BadValue(
                        problem: "the user \(user.name.quoted) stands on line \(earlier) too",
                        remedy: "keep one of them"))
            }
            users.append(user)
        }
        return users
    }
}
