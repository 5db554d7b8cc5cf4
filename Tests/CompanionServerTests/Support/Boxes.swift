import Companion
import NIOCore
import NIOPosix
import Synchronization

@testable import CompanionServer

/// A value that closures of a test share.
final class Shared<Value: Sendable>: Sendable {
    private let box: Mutex<Value>
    init(_ value: Value) { box = Mutex(value) }
    var value: Value { box.withLock { $0 } }
    func set(_ value: Value) { box.withLock { $0 = value } }
}

/// A listener on a Unix socket that is none of the server's.
enum LocalListener {
    static func bind(_ path: String) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(unixDomainSocketPath: path).get()
    }
}

/// Nobody has a session.
struct NobodySignedIn: SessionKeeper {
    func authenticate(token: String, address: String) async throws -> Principal? { nil }
    func isCSRFToken(_ value: String, of token: String) -> Bool { false }
}
