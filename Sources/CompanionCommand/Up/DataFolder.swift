import Companion
import Foundation
import Glibc
import RelayCommand
import RelayServer

/// The folder of `tern up`: secrets, a certificate with its key and the companion's data, made once and never
/// overwritten.
struct DataFolder {
    let path: String
    let secrets: RelaySecrets

    var certificateFile: String { path + "/certificate.pem" }
    var keyFile: String { path + "/private-key.pem" }
    var adminSocket: String { path + "/admin.sock" }
    var webSocket: String { path + "/web.sock" }
    var companionFolder: String { path + "/companion" }

    /// Makes the folder and whatever of its files is not there yet.
    init(making path: String) throws {
        self.path = path
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw CommandFailure(
                "cannot make the folder \(path): \(Self.reason(errno)); choose another one with --data FOLDER")
        }
        secrets = try RelaySecrets(folder: path)
        try makeCertificate()
    }

    private func makeCertificate() throws {
        switch (Self.exists(certificateFile), Self.exists(keyFile)) {
        case (true, true): return
        case (false, false): break
        case (true, false), (false, true):
            let present = Self.exists(keyFile) ? keyFile : certificateFile
            throw CommandFailure("\(present) is there without its counterpart; move it away, and both are made again")
        }
        let names = HostAddresses.name == "localhost" ? ["localhost"] : ["localhost", HostAddresses.name]
        do {
            try SelfSignedCertificate.make(
                certificate: certificateFile, key: keyFile, names: names, addresses: HostAddresses.all(), days: 825)
        } catch {
            throw CommandFailure("\(error)")
        }
    }

    private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private static func reason(_ code: CInt) -> String { String(cString: strerror(code)).lowercased() }
}
