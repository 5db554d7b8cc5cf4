import Testing

@testable import KernelPath

@Suite struct LoadTests {
    @Test func theProgramIsEmbedded() {
        #expect(EmbeddedProgram.bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]), "\(EmbeddedProgram.failure)")
    }
}
