import Testing

@testable import CompanionServer

@Suite("JSON")
struct JSONTests {
    private func parse(_ text: String) throws(JSONParser.Failure) -> JSON { try JSONParser.parse(Array(text.utf8)) }

    @Test("values are read as they are written")
    func values() throws {
        let text = #"{"a":[1,-2,true,false,null,1.5,"x\n\u0000\u003cé"],"b":{}}"#
        let value = try parse(text)
        #expect(value == ["a": [1, -2, true, false, .null, .number(1.5), "x\n\0<é"], "b": [:]])
        #expect(try parse(value.document) == value)
        #expect(try parse(" \t\r\n{ \"a\" : [ ] } ") == ["a": []])
        #expect(try parse(#""\ud83d\ude00""#) == "😀")
        #expect(try parse("1e3") == .number(1000))
    }

    @Test(
        "what is no JSON is refused",
        arguments: [
            "", " ", "{", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "01", "-", "1.", ".5", "1e",
            "+1",
            "\"", "\"\\x\"", "\"\\u12\"", "\"\u{1}\"", "\"\\ud800\"", "\"\\ude00\"", "tru", "nul", "NaN", "1 2",
            "{} {}",
            "{\"a\":1,\"a\":2}", "{1:2}", "'a'", "1e999",
        ])
    func refused(_ text: String) {
        #expect(throws: JSONParser.Failure.self) { try parse(text) }
    }

    @Test("bytes that are no UTF-8, and depth without end, are refused")
    func hostile() {
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
        #expect(throws: JSONParser.Failure.self) { try parse(String(repeating: "[", count: 100_000)) }
        #expect(throws: JSONParser.Failure.self) { try parse(String(repeating: "{\"a\":", count: 100_000)) }
    }

    @Test("texts cannot leave their place")
    func escapes() {
        #expect(JSON.text("\"\\\n\u{1}\u{2028}</script>").document == #""\"\\\n\u0001\u2028\u003c/script>""#)
        #expect(JSON.number(.infinity).document == "null")
        #expect((["b": 1, "a": 2] as JSON).document == #"{"a":2,"b":1}"#)
    }

    @Test("no random text traps")
    func random() {
        var generator = SeededGenerator(seed: 5)
        let pieces = Array(#"{}[]",:\u0d8e1-+.tfn "#.utf8) + [0xC3, 0xFF, 0x00]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
                pieces.randomElement(using: &generator)!
            }
            if let value = try? JSONParser.parse(bytes) {
                #expect((try? JSONParser.parse(Array(value.document.utf8))) == value)
            }
        }
    }
}

@Suite("Schema")
struct SchemaTests {
    private let schema = Schema.object([
        .required("email", .text(bytes: 1...10)), .optional("age", .integer(0...9)),
        .optional("role", .choice(["user", "admin"])), .optional("tags", .list(.text(bytes: 0...3), max: 2)),
        .optional("note", .nullable(.text(bytes: 0...3))),
    ])

    @Test("what fits is accepted")
    func fits() {
        let value: JSON = ["email": "a@b", "age": 3, "role": "admin", "tags": ["x", "y"], "note": .null]
        #expect(schema.problem(with: value) == nil)
        #expect(schema.problem(with: ["email": "a"]) == nil)
    }

    private static let unfit: [(JSON, String)] = [
        ([:], "\"email\" is missing"), (["email": ""], "\"email\" is too short"),
        (["email": "12345678901"], "\"email\" is longer than 10 bytes"),
        (["email": 1], "\"email\" has to be a text"), (["email": "a", "age": 10], "\"age\" is not in 0...9"),
        (["email": "a", "age": "1"], "\"age\" has to be a whole number"),
        (["email": "a", "role": "root"], "\"role\" is none of: user, admin"),
        (["email": "a", "tags": ["a", "b", "c"]], "\"tags\" has more than 2 entries"),
        (["email": "a", "tags": ["a", 1]], "\"tags[1]\" has to be a text"),
        (["email": "a", "evil\n": 1], "the body has a member of 5 bytes that is not known here"),
        ([], "the body has to be an object"),
    ]

    @Test("what does not is refused, with the member's name", arguments: unfit)
    func refused(value: JSON, problem: String) {
        #expect(schema.problem(with: value) == problem)
    }
}
