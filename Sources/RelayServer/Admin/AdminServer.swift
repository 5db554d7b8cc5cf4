import Credentials
public import LocalHTTP
public import Logging
import Synchronization

/// Serves `AdminAPI` on a Unix socket of mode 0600.
public final class AdminServer: Sendable {
    private let service: HTTPService
    private let files: AdminSocketFiles
    private let socketPath: String

    /// A server for `control` at `socketPath`; it does not listen yet.
    public init(
        control: any RelayControl, socketPath: String = AdminAPI.defaultSocketPath, on thread: HTTPThread,
        logger: Logger
    ) {
        let files = AdminSocketFiles()
        self.files = files
        self.socketPath = socketPath
        let limits = HTTPLimits(bodyBytesMax: AdminAPI.requestBodyBytesMax)
        service = HTTPService(name: "admin", on: thread, limits: limits, logger: logger) {
            // A listener that ended on its own has left its socket behind.
            files.remove()
            let file = try AdminSocketFile(path: socketPath)
            return HTTPService.Listener(
                at: .unix(path: file.bindPath), responder: AdminHandler(control: control, logger: logger),
                didListen: { _ in
                    var file = file
                    try file.publish()
                    files.current.withLock { $0 = file }
                },
                didFail: {
                    file.discard()
                    files.remove()
                })
        }
    }

    /// Opens the socket. Throws a one-line `ListenFailure` when something else is in its place, or it cannot be made.
    public func start() async throws {
        do {
            try await service.start()
        } catch let failure as HTTPListenFailure {
            throw ListenFailure(
                description: "admin socket \(LogText.quotedIfNeeded(socketPath)): cannot listen: \(failure); "
                    + "choose another path with --admin")
        }
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
