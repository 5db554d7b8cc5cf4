/// Shapes that several routes share.
extension Schema {
    // MARK: What people type

    /// An address of mail [RFC 5321 4.5.3.1: 254 bytes].
    static let email = Schema.text(bytes: 3...254, format: "email")
    /// A password, as it is typed.
    static let password = Schema.text(bytes: 1...1024, format: "password")
    /// A person's name.
    static let personName = Schema.text(bytes: 1...400)
    /// A code of an authenticator or a recovery code, as it is typed.
    static let code = Schema.text(bytes: 1...64)
    /// A role.
    static let role = Schema.choice(["user", "admin"])

    // MARK: What the server makes

    static let id = Schema.text(bytes: 1...64)
    static let time = Schema.integer(0...4_102_444_800_000)
    static let count = Schema.integer(0...Int64.max)
    static let text = Schema.text(bytes: 0...65_536)

    static let contact = Schema.named(
        "Contact", [.required("id", .id), .required("name", .text), .required("online", .flag)])

    private static let personFields: [Field] = [
        .required("id", .id), .required("name", .text), .required("email", .text), .required("role", .role),
        .required("state", .choice(["pending", "active", "disabled"])), .required("totp", .flag),
        .required("created_at", .time),
    ]
    static let person = Schema.named("Person", personFields)
    static let personOverview = Schema.named(
        "PersonOverview",
        personFields + [.required("sessions", .count), .required("last_seen_at", .nullable(.time))])

    static let room = Schema.named(
        "Room",
        [
            .required("id", .id), .required("title", .nullable(.text)), .required("owner", .id),
            .required("members", .list(.contact, max: 1000)), .required("created_at", .time),
            .required("last_message_at", .nullable(.time)),
        ])

    static let message = Schema.named(
        "Message",
        [
            .required("id", .id), .required("room", .id), .required("sender", .id), .required("body", .text),
            .required("sent_at", .time), .required("client_id", .text), .required("position", .count),
        ])

    static let document = Schema.named(
        "Document",
        [
            .required("id", .id), .required("room", .id), .required("name", .text), .required("type", .text),
            .required("bytes", .count), .required("sha256", .text(bytes: 64...64)), .required("owner", .id),
            .required("shared_at", .time),
        ])

    static let iceServers = Schema.named(
        "IceServers",
        [
            .required("id", .id), .required("ttl", .count), .required("expires_at", .time),
            .required(
                "iceServers",
                .list(
                    .named(
                        "IceServer",
                        [
                            .required("urls", .list(.text, max: 32)), .optional("username", .text),
                            .optional("credential", .text),
                        ]), max: 32)),
        ])

    static let signedIn = Schema.named(
        "SignedIn",
        [.required("status", .choice(["signed_in"])), .required("csrf", .text), .required("person", .person)])
    static let codeRequired = Schema.named(
        "CodeRequired", [.required("status", .choice(["totp_required"])), .required("challenge", .text)])

    /// `{"status": word}`.
    static func status(_ word: String) -> Schema { .object([.required("status", .choice([word]))]) }

    /// `{"name": [...], "next": cursor or null}`.
    static func paged(_ name: String, _ element: Schema, max: Int) -> Schema {
        .object([.required(name, .list(element, max: max)), .required("next", .nullable(.text(bytes: 1...96)))])
    }

    /// `{"name": [...]}`.
    static func listed(_ name: String, _ element: Schema, max: Int = 200) -> Schema {
        .object([.required(name, .list(element, max: max))])
    }
}
