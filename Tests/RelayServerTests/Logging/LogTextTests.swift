import Logging
import Testing

@testable import RelayServer

@Suite struct LogTextTests {
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

    @Test func bytesThatAreNoUTF8AreWrittenInHexadecimal() {
        #expect(LogText.escaped(bytes: [0x61, 0xFF, 0x62]) == "a\\xffb")
        #expect(LogText.escaped(bytes: [0xC3, 0x28]) == "\\xc3(")
        #expect(LogText.escaped(bytes: [0xE2, 0x82]) == "\\xe2\\x82")
        #expect(LogText.escaped(bytes: [0xE2, 0x82, 0xAC]) == "€")
        #expect(LogText.escaped(bytes: [0xED, 0xA0, 0x80]) == "\\xed\\xa0\\x80")
        #expect(LogText.escaped(bytes: [0xF0, 0x9F, 0xA6, 0x86, 0x00]) == "🦆\\u{0}")
        #expect(LogText.escaped(bytes: Array("a\"\n".utf8)) == "a\\\"\\n")
    }

    @Test func longValuesEndInAnEllipsisWithinTheirBound() {
        let long = String(repeating: "x", count: 5000)
        #expect(LogText.escaped(long).utf8.count == LogText.valueBytesMax + 3)
        #expect(LogText.escaped(String(repeating: "\n", count: 5000)).utf8.count <= LogText.valueBytesMax + 3)
        #expect(LogText.escaped(bytes: [UInt8](repeating: 0xFF, count: 5000)).utf8.count < LogText.valueBytesMax + 8)
        #expect(LogText.escaped(String(repeating: "é", count: 600), bytesMax: 5) == "éé...")
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_400_007, "2000-02-29T00:00:00.007Z"),
        (1_795_535_520_123, "2026-11-24T15:52:00.123Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
    ])
    func timesAreInUTC(_ milliseconds: Int64, _ expected: String) {
        #expect(LogTime.text(milliseconds) == expected)
    }
}
