import Credentials
import Testing

/// Text from strangers, made fit for logs, tables and terminals.
struct LogTextTests {
    private func escape(_ bytes: [UInt8], limit: Int = 64) -> String {
        LogText.escape(bytes.span.bytes, limit: limit)
    }

    @Test(arguments: [
        ("alice", "alice"), ("%s%n", "%s%n"), ("a\0b", "a\\u{0}b"), ("a\nb\r", "a\\u{a}b\\u{d}"),
        ("\"'`\\", "\\u{22}\\u{27}\\u{60}\\u{5c}"), ("\u{1B}[31m", "\\u{1b}[31m"), ("Zoë", "Zoë"),
        ("\u{202E}x", "\\u{202e}x"), ("a\u{A0}b", "a\\u{a0}b"), ("\u{2028}", "\\u{2028}"), ("日本", "日本"), ("", ""),
    ])
    func whatIsNotPlainIsEscaped(text: String, escaped: String) {
        #expect(LogText.escape(text) == escaped)
        #expect(escape(Array(text.utf8)) == escaped)
    }

    @Test func bytesThatAreNoUTF8AreEscapedOneByOne() {
        #expect(escape([0x61, 0xC3, 0x28, 0xFF, 0x0A]) == "a\\xc3(\\xff\\u{a}")
    }

    @Test func longTextIsCut() {
        #expect(LogText.escape(String(repeating: "a", count: 513)) == String(repeating: "a", count: 64) + "…")
        #expect(escape([UInt8](repeating: 0xFF, count: 513), limit: 2) == "\\xff\\xff…")
    }

    @Test(
        arguments: [
            ("alice", "alice"), ("", "\"\""), ("a b", "\"a b\""), ("%s%n", "%s%n"),
            ("a\nlevel=critical", "\"a\\nlevel=critical\""), ("a\r\n", "\"a\\r\\n\""), ("nul\0", "\"nul\\u{0}\""),
            ("say \"hi\"", "\"say \\\"hi\\\"\""), ("back\\slash", "\"back\\\\slash\""),
            ("\u{1B}[2J", "\"\\u{1b}[2J\""), ("\u{7F}", "\"\\u{7f}\""), ("\u{85}", "\"\\u{85}\""),
            ("\u{2028}", "\"\\u{2028}\""), ("a\u{202E}b", "\"a\\u{202e}b\""), ("\u{FEFF}", "\"\\u{feff}\""),
            ("zoë", "\"zoë\""), ("1764000000:room42", "1764000000:room42"), ("a=b", "\"a=b\""),
        ])
    func valuesAreWrittenOnOneLineAndUnambiguously(_ text: String, _ expected: String) {
        #expect(LogText.quotedIfNeeded(text) == expected)
    }

    @Test func longValuesEndInAnEllipsisWithinTheirBound() {
        let long = String(repeating: "x", count: 5000)
        #expect(LogText.escaped(long).utf8.count == LogText.valueBytesMax + 3)
        #expect(LogText.escaped(String(repeating: "\n", count: 5000)).utf8.count <= LogText.valueBytesMax + 3)
        #expect(LogText.escaped(String(repeating: "é", count: 600), bytesMax: 5) == "éé...")
    }

    @Test func peopleReadQuotesAndBackslashesAsTheyAre() {
        #expect(LogText.visible("say \"hi\" \\ \u{1B}[0m\n") == "say \"hi\" \\ \\u{1b}[0m\\n")
    }
}
