import Foundation
import Glibc

/// Lines to people and to scripts.
package enum Terminal {
    /// A line to standard output, at once: whoever waits for it may be reading a pipe.
    package static func print(_ line: String) {
        Swift.print(line)
        fflush(nil)
    }

    /// A line to standard error.
    package static func note(_ line: String) {
        FileHandle.standardError.write(Data("\(line)\n".utf8))
    }

    /// Reads a line from standard input, without showing it when a person types it.
    package static func readSecret(prompt: String) -> String? {
        guard isatty(STDIN_FILENO) == 1 else { return readLine() }
        FileHandle.standardError.write(Data(prompt.utf8))
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return readLine() }
        let before = settings
        settings.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
        defer {
            var before = before
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            FileHandle.standardError.write(Data("\n".utf8))
        }
        return readLine()
    }
}
