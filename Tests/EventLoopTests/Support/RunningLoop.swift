import COpenSSL
import Credentials
import Dispatch
import Foundation
import RelayCore
import STUN
import Testing

@testable import EventLoop

/// A loop on a thread of its own, with one listener on loopback.
final class RunningLoop {
    static let loopback = TransportAddress(ip: IPAddress(ipv4: 0x7F00_0001), port: 0)

    let address: TransportAddress
    let mailbox = Mailbox()
    private let ended = DispatchSemaphore(value: 0)

    init(
        _ transport: ClientTransport, tls: TLSContext? = nil, adjust: @Sendable (inout LoopSettings) -> Void = { _ in }
    ) throws {
        let listener = try ListeningSocket(
            transport: transport, address: Self.loopback, index: 0, receiveBufferBytes: 0, sendBufferBytes: 0,
            isFirst: true)
        address = listener.address
        let directory = RelayDirectory(
            addresses: [RelayAddressPair(bound: Self.loopback.ip)], ports: 49_152...49_200, allocations: 16,
            seed: (1, 2))
        var core = RelaySettings(credentials: try CredentialDirectory(realm: "test"))
        core.quotas.allocations = 16
        var settings = LoopSettings(index: 0, relaySlots: 32, directory: directory)
        settings.streams.connectionsMax = 16
        adjust(&settings)
        let handOver = HandOver(mailboxes: [mailbox])
        Thread { [core, settings, mailbox, ended] in
            let seed = RelaySeed(tableKey: (1, 2), nonceKey: Array(1...16), tokenKey: Array(1...16))
            let relay = Relay(settings: core, loop: 0, directory: directory, seed: seed)
            var loop = EventLoop(
                settings: settings, core: relay, listeners: [listener], tls: tls, mailbox: mailbox, handOver: handOver)
            loop.run()
            ended.signal()
        }.start()
    }

    /// Whether the loop ended.
    func stop() -> Bool {
        mailbox.post { $0.stop() }
        return ended.wait(timeout: .now() + 60) == .success
    }

    /// What the loop has counted, once `condition` holds for it or a minute is over.
    func counters(when condition: @Sendable (LoopCounters) -> Bool) async throws -> LoopCounters {
        let deadline = DispatchTime.now() + 60
        while true {
            let isLast = DispatchTime.now() > deadline
            let counters = try #require(await mailbox.ask { $0.counters })
            if isLast || condition(counters) { return counters }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

/// A folder for sockets and certificates, gone after the test.
final class ScratchFolder {
    let path = NSTemporaryDirectory() + "loop-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func tls(offersHTTP: Bool = true) throws -> TLSContext {
        let (certificate, key) = (path + "/certificate.pem", path + "/key.pem")
        if !FileManager.default.fileExists(atPath: key) {
            try #require(copenssl_make_self_signed(certificate, key, "localhost", "DNS:localhost", 1) == nil)
        }
        return try TLSContext(certificateFile: certificate, privateKeyFile: key, offersHTTP: offersHTTP)
    }
}
