import Foundation
import Glibc
import Integrity
import RelayServer
import STUN

/// The folder of `tern up`: a secret and a certificate with its key, made once and never overwritten.
struct DataFolder {
    let path: String

    var secretFile: String { path + "/secret" }
    var certificateFile: String { path + "/certificate.pem" }
    var keyFile: String { path + "/private-key.pem" }
    var adminSocket: String { path + "/admin.sock" }

    /// Makes the folder and whatever of its files is not there yet.
    func prepare() throws {
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw CommandFailure(
                "cannot make the folder \(path): \(Self.reason(errno)); choose another one with --data FOLDER")
        }
        try makeSecret()
        try makeCertificate()
    }

    private func makeSecret() throws {
        let descriptor = open(secretFile, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { return }
            throw CommandFailure("cannot make \(secretFile): \(Self.reason(errno)); choose another folder with --data")
        }
        defer { close(descriptor) }
        let digits = SecureRandom.bytes(32).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let line = Array("\(digits)\n".utf8)
        guard write(descriptor, line, line.count) == line.count else {
            unlink(secretFile)
            throw CommandFailure("cannot write \(secretFile): \(Self.reason(errno)); is the disk full?")
        }
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
