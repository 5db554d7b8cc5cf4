import Testing

@testable import Companion

@Suite("Addresses, numbers, names")
struct ElectronicAddressTests {
    @Test(
        "what people have is taken", arguments: ["a@b.co", "anna.berg+x@mail.example.org", "O'Hara@xn--bcher-kva.ch"])
    func good(_ text: String) { #expect(ElectronicAddress(text)?.text == text) }

    @Test(
        "what could end a header, or is no address, is refused",
        arguments: [
            "", "a", "@b.co", "a@", "a@b", "a@b..co", ".a@b.co", "a.@b.co", "a b@c.de", "a@b.co\r\nBcc: x@y.zz",
            "a@b.co>", "<a@b.co", "a@-b.co", "a@b-.co", "\"a\"@b.co", "a@[127.0.0.1]", "a@b@c.de", "a,b@c.de",
            "ä@example.org", "a@exämple.org", "a\u{0}@b.co", String(repeating: "a", count: 65) + "@b.co",
            "a@" + String(repeating: "b", count: 64) + ".co",
        ])
    func bad(_ text: String) { #expect(ElectronicAddress(text) == nil) }

    @Test("two spellings of one mailbox have one key")
    func key() { #expect(ElectronicAddress(" Anna@Example.ORG ")?.key == ElectronicAddress("anna@example.org")?.key) }

    @Test("telephone numbers are international")
    func numbers() {
        #expect(TelephoneNumber("+43 (660) 123-45.67")?.text == "+436601234567")
        for text in ["0660 1234567", "+0660123456", "+43", "+1234567890123456", "+43x6601234567", "++436601234567"] {
            #expect(TelephoneNumber(text) == nil, "\(text)")
        }
    }

    @Test("a name has no control and direction characters, and an end")
    func names() {
        #expect(PersonName.checked("  Zoë 👩‍⚕️ O'Neil ") == "Zoë 👩‍⚕️ O'Neil")
        for text in ["", "  ", "a\nb", "a\u{0}b", "a\u{202E}b", "a\u{200B}b", String(repeating: "x", count: 81)] {
            #expect(PersonName.checked(text) == nil)
        }
    }
}
