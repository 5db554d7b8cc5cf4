import Testing

@testable import EventLoop

/// Epoll tokens: kind, generation and slot come back as they went in.
struct EventTokenTests {
    @Test func partsAreKeptApart() {
        let token = EventToken(.connection, slot: .max, generation: 0x0fff_fffe)
        #expect(token.kind == EventToken.Kind.connection.rawValue)
        #expect(token.slot == .max)
        #expect(token.generation == 0x0fff_fffe)
    }

    @Test func aGenerationThatIsTooLargeLosesItsTopAlone() {
        let token = EventToken(.relay, slot: 5, generation: 0xffff_ffff)
        #expect(token.kind == EventToken.Kind.relay.rawValue)
        #expect(token.generation == EventToken.generationMask)
        #expect(token.slot == 5)
    }
}
