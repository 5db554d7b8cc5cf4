public import ConfigurationKeys

/// Files with a secret: one line of text, blanks around it ignored.
public enum SecretFileReader {
    /// The secret in the file, and whether everyone on this machine may read it.
    static func read(_ path: String) throws(BadValue) -> (secret: String, isReadableByAll: Bool) {
        let text: String
        do {
            text = try TextFile.read(path)
        } catch {
            throw BadValue(problem: "cannot read the secret file \(path): \(error.reason)", remedy: error.remedy)
        }
        let lines = text.split(whereSeparator: \.isNewline).map(\.trimmed).filter { !$0.isEmpty && !$0.hasPrefix("#") }
        guard let secret = lines.first else {
            throw BadValue(
                problem: "there is no secret in \(path)",
                remedy: "write one, for example: openssl rand -hex 32 > \(path)")
        }
        guard lines.count == 1 else {
            throw BadValue(
                problem: "there are \(lines.count) lines in the secret file \(path)",
                remedy: "write one secret per file; several files may be named")
        }
        return (secret, TextFile.isReadableByAll(path))
    }

    /// The secret in the file, or the reason why there is none, in one line.
    public static func secret(inFile path: String) throws(ConfigurationProblem) -> String {
        do {
            return try read(path).secret
        } catch {
            throw ConfigurationProblem(
                origin: .builtIn, key: nil, problem: error.problem, remedy: error.remedy)
        }
    }
}

extension StringProtocol {
    /// The text without blanks at its ends.
    var trimmed: String {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = lastIndex { !$0.isWhitespace }.map(index(after:)) ?? start
        return String(self[start..<end])
    }
}
