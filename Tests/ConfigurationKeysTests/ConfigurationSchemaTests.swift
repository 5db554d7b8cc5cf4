import Testing

@testable import ConfigurationKeys

/// Two parts of one file, and one command line for both.
struct ConfigurationSchemaTests {
    struct Relay: ConfigurationValues {
        var ports = 1
        var names: [String] = []
        var quiet = false
        static let sections = [ConfigurationSection("relay", "The relay.")]
        static let keys: [ConfigurationKey<Self>] = [
            .one("relay.ports", "--ports", \.ports, .number(1...9), .plain, "Ports."),
            .list("relay.names", "--name", \.names, .text("NAME"), .plain, "Names."),
            .one("relay.quiet", "--quiet", \.quiet, .flag, .plain, "Quiet."),
        ]
    }

    struct Companion: ConfigurationValues {
        var page = "here"
        var key: String?
        static let sections = [ConfigurationSection("companion", "The companion.")]
        static let keys: [ConfigurationKey<Self>] = [
            .one("companion.page", "--page", \.page, .text("NAME"), .plain, "Page."),
            .optional("companion.key", "--key", \.key, .text("KEY"), .secret, "Key."),
        ]
    }

    static let parts = [
        ConfigurationPart(Relay.self) { _, _ in [] }, ConfigurationPart(Companion.self) { _, _ in ["mind the page"] },
    ]

    @Test func flagsGoToThePartThatKnowsThemWithTheirValues() {
        var arguments = ["--quiet", "--page", "there", "--ports=3", "--key=k", "--unknown", "x"]
        #expect(Companion.schema.takeFlags(from: &arguments) == ["--page", "there", "--key=k"])
        #expect(arguments == ["--quiet", "--ports=3", "--unknown", "x"])
    }

    @Test func aFlagWithoutItsValueTakesNotTheNextFlag() {
        var arguments = ["--page", "--quiet"]
        #expect(Companion.schema.takeFlags(from: &arguments) == ["--page"])
        #expect(arguments == ["--quiet"])
    }

    @Test func everyPartIsReadFromTheSameFlagsAndEnvironment() throws {
        let loaded = try Self.parts.load(
            ConfigurationSources(
                environment: ["TERN_COMPANION_KEY": "planted", "TERN_RELAY_PORTS": "4"],
                flags: ["--page", "there", "--name", "a", "--name", "b"]))
        let rows = loaded.flatMap(\.rows).map { "\($0.key.path)=\($0.values.joined(separator: ",")) \($0.origin)" }
        #expect(
            rows == [
                "relay.ports=4 TERN_RELAY_PORTS", "relay.names=a,b --name", "relay.quiet=false default",
                "companion.page=there --page", "companion.key=(hidden) TERN_COMPANION_KEY",
            ])
        #expect(loaded.flatMap(\.warnings) == ["mind the page"])
    }

    @Test func anUnknownFlagIsReportedOnce() {
        #expect {
            try Self.parts.load(ConfigurationSources(flags: ["--pages", "x"]))
        } throws: { error in
            (error as? ConfigurationFailure)?.problems.count == 1
        }
    }

    @Test func mistakesOfAllPartsAreToldTogether() {
        let environment = ["TERN_RELAY_PORTS": "x", "TERN_COMPANION_PAGES": "y"]
        #expect {
            try Self.parts.load(ConfigurationSources(environment: environment))
        } throws: { error in
            let problems = (error as? ConfigurationFailure)?.problems ?? []
            return problems.map { "\($0.origin)" } == ["TERN_RELAY_PORTS", "TERN_COMPANION_PAGES"]
        }
    }

    @Test func aFileMayHoldBothPartsAndEachReadsItsOwn() throws {
        let text = "relay:\n  ports: 7\ncompanion:\n  page: over\n"
        #expect(try Relay.read(yaml: text, path: "t.yaml").values.ports == 7)
        #expect(try Companion.read(yaml: text, path: "t.yaml").values.page == "over")
    }

    @Test func theDocumentHoldsEveryKeyOfEveryPartInOrder() {
        let text = Self.parts.document
        #expect(text.contains("relay:\n  # Ports.\n  # TERN_RELAY_PORTS, --ports NUMBER\n  ports: 1\n"))
        #expect(text.contains("\n# The companion.\ncompanion:\n"))
        #expect(text.hasSuffix("key:\n"))
    }
}
