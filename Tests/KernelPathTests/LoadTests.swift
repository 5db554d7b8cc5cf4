import Foundation
import Testing

@testable import KernelPath

@Suite struct LoadTests {
    @Test func theProgramIsEmbedded() {
        #expect(EmbeddedProgram.bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]), "\(EmbeddedProgram.failure)")
    }

    @Test func interfacesUnderVLANsAreKnown() throws {
        let path = "/tmp/tern-vlan-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let listed = """
            VLAN Dev name    | VLAN ID
            Name-Type: VLAN_NAME_TYPE_RAW_PLUS_VID_NO_PAD
            eth1.7         | 7  | eth1
            office         | 12  | bond0

            """
        try listed.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(NetworkInterface.carriesVLANs("eth1", listedIn: path))
        #expect(NetworkInterface.carriesVLANs("bond0", listedIn: path))
        #expect(!NetworkInterface.carriesVLANs("eth0", listedIn: path))
        #expect(!NetworkInterface.carriesVLANs("eth1.7", listedIn: path))
        #expect(!NetworkInterface.carriesVLANs("eth1", listedIn: path + ".none"))
    }
}
