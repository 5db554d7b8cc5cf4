import ConfigurationKeys
import Foundation
import Glibc
import TestSupport
import Testing

@testable import RelayServer

/// Reads the text of a configuration file, named `t.yaml` in messages.
func load(_ yaml: String) throws(ConfigurationFailure) -> LoadedConfiguration {
    try ConfigurationLoader.load(yaml: yaml, path: "t.yaml")
}

/// The lines that reading this file reports; none when it is fine.
func problems(_ yaml: String) -> [String] {
    do {
        _ = try load(yaml)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

/// The lines that these flags (and variables) report; none when they are fine.
func problems(flags: [String], environment: [String: String] = [:]) -> [String] {
    do {
        _ = try ConfigurationLoader(environment: environment, flags: flags).load()
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

extension TemporaryFolder {
    /// Makes a certificate and its key, and returns their paths.
    func makeCertificate(_ name: String = "server") throws -> (certificate: String, key: String) {
        let certificate = "\(path)/\(name).crt"
        let key = "\(path)/\(name).key"
        try SelfSignedCertificate.make(
            certificate: certificate, key: key, names: ["localhost"], addresses: [], days: 30)
        return (certificate, key)
    }
}

/// A UDP port of 127.0.0.1 that another socket has, shared as a careless program would.
final class TakenPort {
    let port: UInt16
    private let descriptor: CInt

    init() throws {
        descriptor = socket(AF_INET, CInt(SOCK_DGRAM.rawValue), 0)
        var on: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, socklen_t(MemoryLayout<CInt>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let succeeded = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        try #require(succeeded)
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}
