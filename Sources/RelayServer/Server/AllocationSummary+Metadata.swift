import Logging
import RelayCore
import STUN

extension AllocationSummary {
    /// What a log record tells of an allocation: who, from where, as what.
    var metadata: Logger.Metadata {
        [
            "allocation": "\(session.id)", "user": "\(session.username)", "client": "\(session.client)",
            "transport": "\(session.transport.name)",
            "relayed": "\(session.relayed.map(\.description).joined(separator: " "))",
        ]
    }

    /// The same, and what became of it.
    var endMetadata: Logger.Metadata {
        var metadata = metadata
        if let endReason { metadata["reason"] = "\(endReason.text)" }
        metadata["seconds"] = .stringConvertible(session.ageSeconds)
        metadata["to-peers-packets"] = .stringConvertible(session.toPeers.packets)
        metadata["to-peers-bytes"] = .stringConvertible(session.toPeers.bytes)
        metadata["to-client-packets"] = .stringConvertible(session.toClient.packets)
        metadata["to-client-bytes"] = .stringConvertible(session.toClient.bytes)
        return metadata
    }
}
