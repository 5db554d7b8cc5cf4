import Foundation
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

/// A folder that is gone after the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "tern-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and returns its path.
    func write(_ text: String, to name: String, permissions: Int = 0o600) throws -> String {
        let file = path + "/" + name
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: file)
        return file
    }

    /// Makes a certificate and its key, and returns their paths.
    func makeCertificate(_ name: String = "server") throws -> (certificate: String, key: String) {
        let certificate = "\(path)/\(name).crt"
        let key = "\(path)/\(name).key"
        try SelfSignedCertificate.make(
            certificate: certificate, key: key, names: ["localhost"], addresses: [], days: 30)
        return (certificate, key)
    }
}
