public import Logging

/// Sends what a swift-log `Logger` gets to a `RelayLog`.
public struct RelayLogHandler: LogHandler {
    private let log: RelayLog
    private let label: String
    private var ownLevel: Logger.Level?

    /// Fields of every record of this logger.
    public var metadata: Logger.Metadata = [:]
    /// Fields computed for each record.
    public var metadataProvider: Logger.MetadataProvider?

    init(log: RelayLog, label: String) {
        self.log = log
        self.label = label
    }

    /// The log's level, until this logger is given one of its own.
    public var logLevel: Logger.Level {
        get { ownLevel ?? log.level }
        set { ownLevel = newValue }
    }

    /// One of the fields of every record.
    public subscript(metadataKey name: String) -> Logger.Metadata.Value? {
        get { metadata[name] }
        set { metadata[name] = newValue }
    }

    /// Writes one record, or counts it when its level has had enough this second. Nothing is formatted then.
    public func log(event: LogEvent) {
        log.write(
            event.level, label: label, message: { event.message.description },
            metadata: {
                var fields = metadata
                if let provided = metadataProvider?.get() { fields.merge(provided) { $1 } }
                if let explicit = event.metadata { fields.merge(explicit) { $1 } }
                if let error = event.error { fields["error"] = "\(error)" }
                return fields
            })
    }
}
