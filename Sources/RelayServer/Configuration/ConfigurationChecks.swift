import ConfigurationKeys
import Credentials
import Foundation
import RelayCore
import STUN

/// What no single value can show: conflicts between keys, and the files that keys name.
struct ConfigurationChecks {
    let configuration: RelayConfiguration
    let origins: Provenance
    private(set) var problems: [ConfigurationProblem] = []
    private(set) var warnings: [String] = []
    /// Who may use the relay; `nil` with problems.
    private(set) var credentials: CredentialDirectory?
    /// The key of nonces, when it comes from a file.
    private(set) var nonceKey: [UInt8]?

    init(configuration: RelayConfiguration, origins: Provenance) {
        self.configuration = configuration
        self.origins = origins
    }

    /// Runs every check; afterwards `problems` and `warnings` hold what was found.
    mutating func run() {
        checkListeners()
        checkRelayAddresses()
        checkPorts()
        checkTLS()
        checkHTTP()
        checkCredentials()
        checkPeers()
        checkLimits()
    }

    // MARK: Sockets

    private mutating func checkListeners() {
        let listeners = configuration.listeners
        if listeners.isEmpty {
            report("relay.listen", "there is no listener", "write at least one, for example udp://*:3478")
        }
        // TCP and TLS share the kernel's port space; UDP has its own.
        for (index, listener) in listeners.enumerated() where listener.port != 0 {
            let conflict = listeners[..<index].first {
                $0.port == listener.port && ($0.transport == .udp) == (listener.transport == .udp)
                    && Self.overlap($0, listener)
            }
            if let conflict {
                report(
                    "relay.listen", at: index,
                    conflict == listener
                        ? "\(listener) is given twice" : "\(listener) takes the same port as \(conflict)",
                    "keep one of them, or give them different ports")
            }
        }
        for (index, listener) in listeners.enumerated() where listener.ip?.isMulticastOrBroadcast == true {
            report(
                "relay.listen", at: index, "\(listener) is no address of a host", "write an address of this host, or *")
        }
    }

    private static func overlap(_ first: ListenerAddress, _ second: ListenerAddress) -> Bool {
        first.bindAddresses.contains { one in
            second.bindAddresses.contains { other in
                one.ip.family == other.ip.family
                    && (one.ip == other.ip || one.ip.isUnspecified || other.ip.isUnspecified)
            }
        }
    }

    private mutating func checkRelayAddresses() {
        var seen: Set<IPAddress> = []
        for (index, address) in configuration.relayAddresses.enumerated() {
            if address.bind.isUnspecified || address.external.isUnspecified || address.external.isMulticastOrBroadcast
                || address.bind.isMulticastOrBroadcast
            {
                report(
                    "relay.addresses", at: index, "\(address) is no address that peers could answer to",
                    "write an address of this host, and its outside address after a slash")
            } else if !seen.insert(address.bind).inserted {
                report("relay.addresses", at: index, "\(address.bind) is given twice", "keep one of them")
            }
        }
    }

    private mutating func checkPorts() {
        // A listener on a relay address takes its port away from clients, for good: allowed, but no accident.
        for (index, listener) in configuration.listeners.enumerated()
        where listener.transport == .udp && listener.port != 0 && configuration.relayPorts.contains(listener.port) {
            warn(
                "relay.listen", at: index,
                "port \(listener.port) lies within relay.ports \(configuration.relayPorts), so no client gets it")
        }
        if configuration.relayPorts.first < 1024 {
            warn("relay.ports", "ports below 1024 may belong to other services of this host")
        }
    }

    // MARK: TLS

    private mutating func checkTLS() {
        if let index = configuration.listeners.firstIndex(where: { $0.transport == .tls }),
            configuration.certificateFile == nil
        {
            report(
                "relay.listen", at: index, "\(configuration.listeners[index]) needs a certificate",
                "set relay.tls.certificate and relay.tls.private-key, or leave the listener out")
            return
        }
        switch (configuration.certificateFile, configuration.privateKeyFile) {
        case (nil, nil): return
        case (_?, nil):
            report(
                "relay.tls.certificate", "there is a certificate without its private key",
                "set relay.tls.private-key (--private-key) too")
        case (nil, _?):
            report(
                "relay.tls.private-key", "there is a private key without its certificate",
                "set relay.tls.certificate (--certificate) too")
        case (let certificate?, let key?): checkCertificate(certificate, key)
        }
        if let authority = configuration.clientAuthorityFile {
            attempt("relay.tls.client-authority") { () throws(BadValue) in _ = try CertificateFacts.read(authority) }
        }
    }

    private mutating func checkHTTP() {
        guard let path = configuration.httpSocket else { return }
        if UnixAddress(path: path) == nil {
            report(
                "relay.tls.http-socket", "\(path) is too long for the path of a socket",
                "write a path of at most \(UnixAddress.pathBytesMax) bytes")
        }
        if !configuration.listeners.contains(where: { $0.transport == .tls }) {
            warn("relay.tls.http-socket", "there is no TLS listener whose HTTP could be passed on; add tls://*:443")
        } else if configuration.clientAuthorityFile != nil {
            warn("relay.tls.http-socket", "browsers, too, must show a certificate of relay.tls.client-authority")
        }
    }

    private mutating func checkCertificate(_ certificate: String, _ key: String) {
        let before = problems.count
        var facts: CertificateFacts?
        attempt("relay.tls.certificate") { () throws(BadValue) in facts = try CertificateFacts.read(certificate) }
        attempt("relay.tls.private-key") { () throws(BadValue) in try PrivateKeyCheck.read(key) }
        guard problems.count == before, let facts else { return }
        attempt("relay.tls.private-key") { () throws(BadValue) in
            try PrivateKeyCheck.compare(certificate: certificate, key: key)
        }
        if TextFile.isReadableByAll(key) {
            warn("relay.tls.private-key", "\(key) can be read by every user of this machine; chmod o-r \(key)")
        }
        let now = Int64(Date().timeIntervalSince1970)
        if facts.notAfter <= now {
            warn("relay.tls.certificate", "the certificate in \(certificate) has expired; renew it")
        } else if facts.notAfter - now < 14 * 86_400 {
            warn("relay.tls.certificate", "the certificate in \(certificate) expires within two weeks; renew it")
        } else if facts.notBefore > now {
            warn("relay.tls.certificate", "the certificate in \(certificate) is not valid yet; is the clock right?")
        }
    }

    // MARK: Credentials

    private mutating func checkCredentials() {
        var reader = CredentialReader(configuration: configuration, origins: origins)
        credentials = reader.read()
        nonceKey = reader.nonceKey
        problems += reader.problems
        warnings += reader.warnings
        let classes = Set(configuration.secretFiles.map(\.credentialClass) + [SecretFile.defaultClass])
        for (index, entry) in configuration.expiryOfClasses.enumerated() where !classes.contains(entry.credentialClass)
        {
            report(
                "relay.expiry-of-classes", at: index, "no secret file is of the class \(entry.credentialClass)",
                Suggestion.closest(to: entry.credentialClass, among: classes.sorted()).map { "did you mean \($0)?" }
                    ?? "write relay.secret-files as \(entry.credentialClass)=FILE")
        }
        if configuration.users.isEmpty, configuration.usersFile == nil, configuration.secrets.isEmpty,
            configuration.secretFiles.isEmpty
        {
            warnings.append(
                "there are no users and no secrets: the relay answers Binding requests and refuses every allocation")
        }
    }

    // MARK: Peers and limits

    private mutating func checkPeers() {
        for (index, block) in configuration.allowedPeers.enumerated() where configuration.deniedPeers.contains(block) {
            report(
                "relay.peers.allow", at: index, "\(block) is both allowed and denied",
                "keep one of the two (deny would win)")
        }
        if configuration.allowListOnly, configuration.allowedPeers.isEmpty {
            report(
                "relay.peers.allow-list-only", "only allowed peers can be reached, and none is allowed",
                "set relay.peers.allow (--allow-peer), or set this to false")
        }
    }

    private mutating func checkLimits() {
        let families = configuration.alternateServers.map(\.family)
        if let second = families.indices.first(where: { families[..<$0].contains(families[$0]) }) {
            report(
                "relay.alternate-servers", at: second, "there are two addresses of one family",
                "write at most one IPv4 and one IPv6 address")
        }
        let lifetimes = configuration.lifetimes
        func text(_ seconds: UInt32) -> String { DurationText.describe(seconds: Int(seconds)) }
        if lifetimes.allocationDefaultSeconds > lifetimes.allocationMaximumSeconds {
            let given =
                origins.isGiven("relay.lifetimes.allocation")
                ? "relay.lifetimes.allocation" : "relay.lifetimes.allocation-maximum"
            report(
                given,
                "the lifetime \(text(lifetimes.allocationDefaultSeconds)) is above the maximum "
                    + text(lifetimes.allocationMaximumSeconds),
                "lower relay.lifetimes.allocation or raise relay.lifetimes.allocation-maximum")
        }
        let budgets = configuration.budgets
        if budgets.bytesPerSecondPerUser != 0, budgets.bytesPerSecondPerUser < budgets.bytesPerSecondPerAllocation {
            report(
                origins.isGiven("relay.budgets.bytes-per-user")
                    ? "relay.budgets.bytes-per-user" : "relay.budgets.bytes-per-allocation",
                "one allocation may relay more than all allocations of its user together",
                "raise relay.budgets.bytes-per-user or lower relay.budgets.bytes-per-allocation")
        }
        let quotas = configuration.quotas
        for (path, value) in [
            ("relay.quotas.allocations-per-user", quotas.allocationsPerUser),
            ("relay.quotas.allocations-per-source", quotas.allocationsPerSource),
        ] where value > quotas.allocations && origins.isGiven(path) {
            report(
                path, "\(value) is above the total of \(quotas.allocations)",
                "lower it, or raise relay.quotas.allocations")
        }
    }

    // MARK: Reporting

    private mutating func report(_ key: String, at index: Int? = nil, _ problem: String, _ remedy: String) {
        problems.append(
            ConfigurationProblem(
                origin: origins.origin(key, at: index), key: key, problem: problem, remedy: remedy))
    }

    private mutating func warn(_ key: String, at index: Int? = nil, _ text: String) {
        let origin = origins.origin(key, at: index)
        warnings.append((origin == .builtIn ? "" : "\(origin): ") + "\(key): \(text)".replacingControlCharacters)
    }

    private mutating func attempt(_ key: String, at index: Int? = nil, _ body: () throws(BadValue) -> Void) {
        do {
            try body()
        } catch {
            report(key, at: index, error.problem, error.remedy)
        }
    }
}

extension IPAddress {
    /// 224.0.0.0/4, 255.255.255.255 or ff00::/8.
    var isMulticastOrBroadcast: Bool {
        family == .ipv4 ? ipv4 >> 28 == 0xE || ipv4 == .max : high >> 56 == 0xFF
    }
}
