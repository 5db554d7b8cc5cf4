/// What keeps a path from working, or from working well. The raw values are for scripts and stay as they are.
public enum Blocker: String, Codable, Sendable, CaseIterable {
    /// The list of servers could not be fetched.
    case noServerList = "no_server_list"
    // Names.
    /// No name server answers.
    case dnsFailing = "dns_failing"
    /// The name does not exist.
    case noSuchName = "no_such_name"
    // The way.
    /// This machine has no route for this family of addresses.
    case noRoute = "no_route"
    /// A rejection came back.
    case refused
    /// Somebody on the way said that it is prohibited, or that the host cannot be reached.
    case unreachable
    /// This machine's own firewall forbids it.
    case localFirewall = "local_firewall"
    /// Nothing came back.
    case timedOut = "timed_out"
    /// No way to the server works: it is down, or its host is.
    case serverDown = "server_down"
    // The proxy.
    /// The proxy itself cannot be reached.
    case proxyUnreachable = "proxy_unreachable"
    /// The proxy wants a user name and a password.
    case proxyAuthentication = "proxy_authentication"
    /// The proxy wants a password in a way that the probe does not know.
    case proxyScheme = "proxy_scheme"
    /// The proxy refused to connect.
    case proxyRefused = "proxy_refused"
    // TLS and what stands behind the port.
    /// The connection was cut when the TLS hello had been sent.
    case resetAfterHello = "reset_after_hello"
    /// The TLS hello was never answered.
    case silentAfterHello = "silent_after_hello"
    /// No TLS on that port.
    case notTLS = "not_tls"
    /// The certificate comes from an authority that is not to be trusted: somebody on the way opens the traffic.
    case interceptedCertificate = "intercepted_certificate"
    /// The certificate signed itself.
    case selfSignedCertificate = "self_signed_certificate"
    /// The certificate has expired, or is not yet valid.
    case certificateTime = "certificate_time"
    /// The certificate names another host.
    case certificateName = "certificate_name"
    /// The certificate is not to be trusted for another reason.
    case untrustedCertificate = "untrusted_certificate"
    /// The connection stands, and no STUN message is answered.
    case silentAfterConnect = "silent_after_connect"
    /// The connection was cut when the first STUN message had been sent.
    case resetAfterConnect = "reset_after_connect"
    /// Something answers, but not in STUN.
    case notTURN = "not_turn"
    // The relay.
    /// The password, or the user, is wrong.
    case wrongPassword = "wrong_password"
    /// The credential's time is over.
    case expiredCredential = "expired_credential"
    /// The clocks of the two machines differ too much.
    case clockSkew = "clock_skew"
    /// The relay is full, or this user has as many allocations as allowed.
    case relayFull = "relay_full"
    /// The relay refused for another reason.
    case relayRefused = "relay_refused"
    /// The relay forwards nothing.
    case nothingRelayed = "nothing_relayed"
    // Working, but not well.
    /// Packets passed, and from some moment on none did.
    case diesAfterSeconds = "dies_after_seconds"
    /// Small packets pass; large ones vanish, and nobody says so.
    case largePacketsLost = "large_packets_lost"
    /// Packets were lost.
    case packetLoss = "packet_loss"
    /// The certificate expires within days.
    case certificateExpiring = "certificate_expiring"
}
