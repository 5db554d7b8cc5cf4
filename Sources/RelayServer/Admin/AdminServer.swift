import FlyingFox
import FlyingSocks
import Foundation
public import Logging
import Synchronization

/// Serves `AdminAPI` on a Unix socket of mode 0600.
public final class AdminServer: Sendable {
    private let service: HTTPService
    private let files: AdminSocketFiles

    /// A server for `control` at `socketPath`; it does not listen yet.
    public init(control: any RelayControl, socketPath: String = AdminAPI.defaultSocketPath, logger: Logger) {
        let files = AdminSocketFiles()
        self.files = files
        service = HTTPService(name: "admin", logger: logger) {
            // A server that ended on its own has left its socket behind.
            files.remove()
            let file = try AdminSocketFile(path: socketPath)
            return HTTPService.Listener(
                server: .quiet(
                    at: sockaddr_un.unix(path: file.bindPath), handler: AdminHandler(control: control, logger: logger)),
                didListen: { _ in
                    var file = file
                    try file.publish()
                    files.current.withLock { $0 = file }
                },
                didFail: { file.discard() })
        }
    }

    /// Opens the socket. Throws a one-line `ListenFailure` when something else is in its place, or it cannot be made.
    public func start() async throws {
        try await service.start()
    }

    /// Closes and removes the socket.
    public func stop() async {
        files.remove()
        await service.stop()
    }
}

/// The socket that is in the file system now.
private final class AdminSocketFiles: Sendable {
    let current = Mutex<AdminSocketFile?>(nil)

    func remove() {
        current.withLock { file in
            file?.remove()
            file = nil
        }
    }
}
