import Foundation
import Glibc
import Synchronization

/// The terminal as one screen that is drawn anew again and again: the alternate screen, without echo.
final class TerminalScreen {
    /// What ended a wait.
    enum Event {
        /// Somebody wants to leave.
        case quit
        /// Time passed, or the window changed.
        case tick
    }

    private var before = termios()
    private var hasSettings = false

    /// Takes the screen.
    func enter() {
        // Signals that end the process only set a flag: the terminal has to be put right first.
        stopRequested.store(false, ordering: .relaxed)
        for number in [SIGTERM, SIGHUP, SIGINT] {
            signal(number) { _ in stopRequested.store(true, ordering: .relaxed) }
        }
        signal(SIGWINCH) { _ in }
        hasSettings = tcgetattr(STDIN_FILENO, &before) == 0
        if hasSettings {
            var settings = before
            settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
            tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        }
        // Alternate screen, no cursor, no wrapping of long lines.
        Self.write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l")
    }

    /// Gives it back as it was.
    func leave() {
        Self.write("\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l")
        if hasSettings { tcsetattr(STDIN_FILENO, TCSANOW, &before) }
        for number in [SIGTERM, SIGHUP, SIGINT, SIGWINCH] { signal(number, SIG_DFL) }
    }

    /// The window's size in characters, now.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Draws over what is there, without clearing first: nothing flickers.
    func show(_ lines: [String]) {
        Self.write("\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
    }

    /// Waits for a key, a change of size, or `deadline` of `ProcessInfo.systemUptime`.
    func wait(until deadline: Double) -> Event {
        let left = max(0, deadline - ProcessInfo.processInfo.systemUptime)
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        let ready = poll(&input, 1, Int32((left * 1000).rounded(.up)))
        if stopRequested.load(ordering: .relaxed) { return .quit }
        guard ready > 0 else { return .tick }
        var keys = [UInt8](repeating: 0, count: 64)
        let count = read(STDIN_FILENO, &keys, keys.count)
        // The end of input is as good as a q; so are ^C and ^D.
        guard count > 0 else { return .quit }
        let leaving: Set<UInt8> = [UInt8(ascii: "q"), UInt8(ascii: "Q"), 3, 4]
        return keys[..<count].contains(where: leaving.contains) ? .quit : .tick
    }

    /// Writes all of `text` to standard output. False: nobody reads it any more.
    @discardableResult
    static func write(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let count = Glibc.write(STDOUT_FILENO, buffer.baseAddress! + offset, buffer.count - offset)
                if count > 0 {
                    offset += count
                } else if errno != EINTR {
                    return false
                }
            }
            return true
        }
    }
}

/// Set by the handlers of signals that end the process.
private let stopRequested = Atomic<Bool>(false)
