import Credentials
import Foundation
import Logging
import Testing

@testable import RelayServer

@Suite struct LogRecordTests {
    private func record(_ message: String, _ metadata: Logger.Metadata = [:]) -> LogRecord {
        LogRecord(
            unixMilliseconds: 1_795_535_520_123, level: .info, label: "relay", message: message, metadata: metadata)
    }

    @Test func textHasTimeLevelLabelMessageAndSortedFields() {
        let line = record(
            "allocation opened",
            [
                "user": "zoë b", "client": "192.0.2.1:5", "relayed": ["[::1]:6", "10.0.0.1:7"],
                "age": .stringConvertible(3),
            ]
        ).line(.text)
        #expect(
            line == "2026-11-24T15:52:00.123Z info relay: allocation opened age=3 client=192.0.2.1:5 "
                + "relayed=\"[[::1]:6, 10.0.0.1:7]\" user=\"zoë b\"")
    }

    @Test func jsonHasTheSameAsOneObject() throws {
        let line = record("it's \"so\"", ["user": "zoë\n", "age": .stringConvertible(3), "x": ["y": ["z"]]]).line(.json)
        #expect(
            line == #"{"time":"2026-11-24T15:52:00.123Z","level":"info","label":"relay","message":"it's \"so\"","#
                + #""fields":{"age":3,"user":"zo\u00eb\n","x":{"y":["z"]}}}"#)
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect((object?["fields"] as? [String: Any])?["user"] as? String == "zoë\n")
    }

    /// GHSA-4g7c-p5wg-j4hp: what a USERNAME can hold stays in its field, on its line.
    @Test(arguments: LogFormat.allCases)
    func logInjectionIsEscaped(_ format: LogFormat) throws {
        let hostile = [
            "%s%n%x", "a\0b", "a\nb", "a\r\n2026-11-24T15:52:00.123Z critical relay: all is lost", "\"quotes\"",
            "\\", "\u{1B}]0;title\u{7}", "{\"json\":1}", "\u{2028}\u{2029}\u{85}", "\u{202E}txt",
            String(repeating: "u", count: 513), String(repeating: "\u{1}", count: 513),
            String(repeating: "\"", count: 513),
            String(decoding: [UInt8](repeating: 0xFF, count: 513), as: UTF8.self),
            LogText.escape(([0xC0, 0xAF, 0x80, 0xFE] as [UInt8]).span.bytes),
        ]
        for name in hostile {
            for line in [record("refused", ["user": "\(name)"]).line(format), record(name, ["k": "v"]).line(format)] {
                #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.properties.generalCategory == .control })
                #expect(!line.unicodeScalars.contains { ["\u{2028}", "\u{2029}", "\u{202E}"].contains($0) })
                #expect(line.utf8.count <= LogRecord.lineBytesMax + 4)
                if format == .json {
                    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                    #expect(object?["level"] as? String == "info")
                }
            }
        }
    }

    @Test(arguments: LogFormat.allCases)
    func aLineIsBoundedWhateverItsFields(_ format: LogFormat) {
        let big = String(repeating: "x", count: 3000)
        let fields = Dictionary(uniqueKeysWithValues: (0..<50).map { ("f\($0)", Logger.MetadataValue.string(big)) })
        let line = record(big, fields).line(format)
        #expect(line.utf8.count <= LogRecord.lineBytesMax + LogText.valueBytesMax + 100)
    }

    @Test(arguments: LogFormat.allCases)
    func secretsAreHidden(_ format: LogFormat) {
        let planted = "correct-horse-battery"
        let line = record(
            "configuration",
            [
                "password": "\(planted)", "shared-secret": "\(planted)", "Token": "\(planted)",
                "tls": ["private-key": "\(planted)", "file": "k.pem"], "secret-file": "s.txt",
            ]
        ).line(format)
        #expect(!line.contains(planted))
        #expect(line.contains("(hidden)"))
        #expect(line.contains("k.pem") && line.contains("s.txt"))
    }
}
