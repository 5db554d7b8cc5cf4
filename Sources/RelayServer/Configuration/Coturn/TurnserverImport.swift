public import ConfigurationKeys
import Logging
import RelayCore
import STUN

/// A turnserver.conf (coturn's configuration) translated, and what of it could not be.
public struct TurnserverImport: Sendable {
    /// A line of the file without a counterpart.
    public struct Leftover: Sendable, Equatable, CustomStringConvertible {
        /// The line, counted from 1.
        public var line: Int
        /// The name of the setting; its value may be a secret.
        public var name: String
        /// Why it was left out, and what to do instead.
        public var reason: String

        /// One line for people.
        public var description: String { "line \(line): \(name): \(reason)" }
    }

    /// What could be translated.
    public private(set) var configuration = RelayConfiguration()
    /// What could not.
    public private(set) var leftovers: [Leftover] = []
    /// Where the same setting means something slightly different.
    public private(set) var notes: [String] = []

    private var listeningAddresses: [IPAddress] = []
    private var relayAddresses: [IPAddress] = []
    private var externalAddresses: [(external: IPAddress, local: IPAddress?)] = []
    private var ports: (plain: UInt16, tls: UInt16) = (3478, 5349)
    private var transports: Set<ListenerTransport> = [.udp, .tcp, .tls]
    private var relayPorts = RelayConfiguration().relayPorts
    private var metrics: (isOn: Bool, address: IPAddress, port: UInt16) = (false, IPAddress(ipv4: 0x7F00_0001), 9641)

    /// Translates the text of a turnserver.conf.
    public init(_ text: String) {
        for line in TurnserverFile(text).lines { translate(line) }
        assemble()
    }

    /// Translates the file at this path.
    public static func file(_ path: String) throws(ConfigurationProblem) -> TurnserverImport {
        do {
            return TurnserverImport(try TextFile.read(path))
        } catch {
            throw ConfigurationProblem(
                origin: .builtIn, key: nil, problem: "cannot read \(path): \(error.reason)", remedy: error.remedy)
        }
    }

    /// The configuration file that stands for it, with leftovers and notes as comments.
    public var document: String {
        var text = "# Translated from a turnserver.conf; keys that are not here are at their defaults.\n"
        text += ConfigurationDocument.differences(of: configuration)
        for (title, lines) in [
            ("Not translated", leftovers.map(\.description)), ("Different in Tern", notes),
        ] where !lines.isEmpty {
            text += "\n# \(title):\n" + lines.map { "#   \($0)\n" }.joined()
        }
        return text
    }

    // MARK: Lines

    private mutating func translate(_ line: TurnserverFile.Line) {
        guard Self.settled[line.name] == nil else { return }
        if let reason = Self.unsupported[line.name] {
            leave(line, reason)
        } else if !apply(line) {
            let known = Self.names.contains(line.name)
            leave(line, known ? "its value cannot be read" : "there is no such setting in coturn, or it is new")
        }
    }

    private mutating func leave(_ line: TurnserverFile.Line, _ reason: String) {
        leftovers.append(Leftover(line: line.number, name: line.name, reason: reason.replacingControlCharacters))
    }

    private static let names: Set<String> = [
        "listening-ip", "listening-port", "tls-listening-port", "relay-ip", "external-ip", "min-port", "max-port",
        "relay-threads", "realm", "user", "static-auth-secret", "rest-api-separator", "stale-nonce", "cert", "pkey",
        "CA-file", "denied-peer-ip", "allowed-peer-ip", "allow-loopback-peers", "user-quota", "total-quota", "max-bps",
        "max-allocate-lifetime", "verbose", "Verbose", "prometheus", "prometheus-port", "prometheus-address",
        "sock-buf-size", "no-udp", "no-tcp", "no-tls",
    ]

    private mutating func apply(_ line: TurnserverFile.Line) -> Bool {
        let value = line.value
        let number = Int(value)
        switch line.name {
        case "listening-ip": return add(IPAddress(value), to: \.listeningAddresses)
        case "relay-ip": return add(IPAddress(value), to: \.relayAddresses)
        case "listening-port": return set(UInt16(value), \.ports.plain)
        case "tls-listening-port": return set(UInt16(value), \.ports.tls)
        case "external-ip": return addExternal(value)
        case "min-port": return set(UInt16(value), \.relayPorts.first)
        case "max-port": return set(UInt16(value), \.relayPorts.last)
        case "relay-threads": return set(number, \.configuration.loops)
        case "no-udp": transports.remove(.udp)
        case "no-tcp": transports.remove(.tcp)
        case "no-tls": transports.remove(.tls)
        case "realm": return set(try? ValueFormat<String>.realm.parse(value), \.configuration.realm)
        case "user": return addUser(line)
        case "static-auth-secret": configuration.secrets.append(value)
        case "rest-api-separator": return set(value.first, \.configuration.credentialSeparator)
        case "stale-nonce":
            return set(value.isEmpty ? 600 : number.flatMap { $0 > 0 ? $0 : nil }, \.configuration.nonceLifetimeSeconds)
        case "cert": return set(.some(value), \.configuration.certificateFile)
        case "pkey": return set(.some(value), \.configuration.privateKeyFile)
        case "CA-file": return set(.some(value), \.configuration.clientAuthorityFile)
        case "denied-peer-ip": return add(AddressRange(value)?.blocks, to: \.configuration.deniedPeers)
        case "allowed-peer-ip": return add(AddressRange(value)?.blocks, to: \.configuration.allowedPeers)
        case "allow-loopback-peers":
            configuration.allowedPeers += [CIDR("127.0.0.0/8"), CIDR("::1")].compactMap(\.self)
        case "user-quota": return setQuota(number, \.configuration.quotas.allocationsPerUser)
        case "total-quota": return setQuota(number, \.configuration.quotas.allocations)
        case "max-bps": return setRate(value)
        case "max-allocate-lifetime":
            return set(UInt32(value), \.configuration.lifetimes.allocationMaximumSeconds)
        case "verbose", "Verbose": configuration.logLevel = .debug
        case "prometheus": metrics.isOn = true
        case "prometheus-port": return set(UInt16(value), \.metrics.port)
        case "prometheus-address": return set(IPAddress(value), \.metrics.address)
        case "sock-buf-size":
            return set(number, \.configuration.receiveBufferBytes) && set(number, \.configuration.sendBufferBytes)
        default: return false
        }
        return true
    }

    private mutating func set<Value>(_ value: Value?, _ field: WritableKeyPath<Self, Value>) -> Bool {
        guard let value else { return false }
        self[keyPath: field] = value
        return true
    }

    private mutating func add<Value>(_ value: Value?, to field: WritableKeyPath<Self, [Value]>) -> Bool {
        guard let value else { return false }
        self[keyPath: field].append(value)
        return true
    }

    private mutating func add<Value>(_ values: [Value]?, to field: WritableKeyPath<Self, [Value]>) -> Bool {
        guard let values else { return false }
        self[keyPath: field] += values
        return true
    }

    /// `EXTERNAL` or `EXTERNAL/LOCAL`.
    private mutating func addExternal(_ value: String) -> Bool {
        let parts = value.split(separator: "/", omittingEmptySubsequences: false).map { IPAddress($0.trimmed) }
        guard (1...2).contains(parts.count), let external = parts[0] else { return false }
        if parts.count == 2, parts[1] == nil { return false }
        externalAddresses.append((external, parts.count == 2 ? parts[1] : nil))
        return true
    }

    private mutating func addUser(_ line: TurnserverFile.Line) -> Bool {
        guard let user = try? ValueFormat<ClearTextUser>.user.parse(line.value) else { return false }
        if user.password.hasPrefix("0x") {
            leave(line, "the MD5 key of \(user.name) alone is not enough; make both with 'tern credentials hash'")
        } else {
            configuration.users.append(user)
        }
        return true
    }

    private mutating func setQuota(_ number: Int?, _ field: WritableKeyPath<Self, Int>) -> Bool {
        // 0 is coturn's "no limit": Tern keeps a limit, its default.
        guard let number, number >= 0 else { return false }
        if number > 0 { self[keyPath: field] = number }
        return true
    }

    private mutating func setRate(_ value: String) -> Bool {
        guard let rate = UInt64(value) else { return false }
        // coturn counts each direction for itself, Tern both together.
        configuration.budgets.bytesPerSecondPerAllocation = rate * 2
        configuration.budgets.bytesPerSecondPerUser = max(configuration.budgets.bytesPerSecondPerUser, rate * 2)
        return true
    }

    // MARK: The whole

    private mutating func assemble() {
        if relayPorts.first > 0, relayPorts.first <= relayPorts.last { configuration.relayPorts = relayPorts }
        if configuration.certificateFile == nil || configuration.privateKeyFile == nil { transports.remove(.tls) }
        let addresses: [IPAddress?] = listeningAddresses.isEmpty ? [nil] : listeningAddresses
        configuration.listeners = ListenerTransport.allCases.filter(transports.contains).flatMap { transport in
            addresses.map { ListenerAddress(transport, $0, port: transport == .tls ? ports.tls : ports.plain) }
        }
        configuration.relayAddresses = pairedRelayAddresses()
        if metrics.isOn { configuration.metrics = TransportAddress(ip: metrics.address, port: metrics.port) }
        if !configuration.allowedPeers.isEmpty, !configuration.deniedPeers.isEmpty {
            notes.append("coturn lets allowed peers win over denied ones; here the more specific block wins")
        }
        notes.append("coturn relays to private addresses unless told otherwise; here relay.peers.allow must name them")
    }

    private mutating func pairedRelayAddresses() -> [RelayAddress] {
        var locals = relayAddresses.isEmpty ? listeningAddresses.filter { !$0.isUnspecified } : relayAddresses
        var pairs: [RelayAddress] = []
        for (external, local) in externalAddresses {
            // Without a local address coturn maps all relay addresses of the family to the external one.
            let matching = local.map { [$0] } ?? locals.filter { $0.family == external.family }
            if matching.isEmpty {
                notes.append(
                    "external-ip \(external) names no local address: write relay.addresses as LOCAL/\(external)")
            }
            for address in matching where address.family == external.family {
                pairs.append(RelayAddress(address, external: external))
                locals.removeAll { $0 == address }
            }
        }
        return pairs + locals.map { RelayAddress($0) }
    }
}
