public import RelayCore
public import STUN

extension LoadedConfiguration {
    /// What the core of every loop is told.
    ///
    /// - Parameter listening: the addresses that the listening sockets for datagrams are bound to, with their real
    ///   ports.
    public func relaySettings(listening: [TransportAddress]) -> RelaySettings {
        let hostAddresses = HostAddresses.all()
        var settings = RelaySettings(credentials: credentials)
        settings.nonceLifetimeSeconds = Int64(relay.nonceLifetimeSeconds)
        settings.expiry = ExpiryPolicy(
            standard: relay.expiry,
            classes: Dictionary(relay.expiryOfClasses.map { ($0.credentialClass, $0.expiry) }) { _, last in last })
        settings.policy = AddressPolicy(
            allow: relay.allowedPeers, deny: relay.deniedPeers, allowListOnly: relay.allowListOnly,
            ownAddresses: Array(Set(hostAddresses + relay.addressesToRelayFrom.flatMap { [$0.bind, $0.external] })))
        settings.highestChannelNumber = relay.channelNumbers.last
        settings.quotas = relay.quotas
        settings.budgets = relay.budgets
        settings.lifetimes = relay.lifetimes
        settings.listeners = listening.flatMap { address in
            guard address.ip.isUnspecified else { return [address] }
            return hostAddresses.filter { $0.family == address.family }
                .map { TransportAddress(ip: $0, port: address.port) }
        }
        settings.alternateServers = relay.alternateServers
        settings.tellsOfChannels = relay.kernelPath != .off
        return settings
    }
}

extension RelayConfiguration {
    /// The addresses to relay from: those configured, or those of the default routes.
    public var addressesToRelayFrom: [RelayAddress] {
        relayAddresses.isEmpty ? HostAddresses.forRelaying() : relayAddresses
    }

    /// The same for the directory of relayed ports.
    public var relayAddressPairs: [RelayAddressPair] {
        addressesToRelayFrom.map { RelayAddressPair(bound: $0.bind, external: $0.external) }
    }
}
