/// How the companion meets the network.
public struct CompanionServerSettings: Sendable {
    /// Where it listens.
    public var edge: EdgeSettings
    /// Sites whose pages may use the API: `https://call.example.org`. Without any, the one a request is sent to.
    public var allowedOrigins: [String]
    /// Multiplies every rate limit of the web server; 0 turns them off.
    public var rateFactor = 1.0
    /// How often the certificate's files are looked at, in seconds.
    public var certificateCheckSeconds = 5

    /// Settings with these listeners.
    public init(edge: EdgeSettings, allowedOrigins: [String] = []) {
        self.edge = edge
        self.allowedOrigins = allowedOrigins
    }
}
