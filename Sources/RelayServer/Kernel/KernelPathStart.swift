import KernelPath
import Logging
import RelayCore
import STUN

/// Starts the kernel path as it is configured, or tells in one line why there is none.
enum KernelPathStart {
    /// What came of it.
    struct Outcome: Sendable {
        /// The loaded program, on its interfaces or waiting for them; nil when nothing can be done in the kernel.
        var path: KernelPath?
        /// What is missing, and how to get it.
        var problem: String?
    }

    /// Loads the program and attaches it; nil when it is off.
    ///
    /// - Parameter loaded: a program that has been loaded before. The rights that loading takes may be gone since.
    static func start(
        _ configuration: RelayConfiguration, reusing loaded: KernelPath? = nil, loops: Int,
        listeners: [TransportAddress], _ logger: Logger
    ) -> Outcome? {
        guard configuration.kernelPath != .off else { return nil }
        let isAsked = configuration.kernelPath != .auto
        let interfaces = interfaces(configuration, listeners)
        guard !interfaces.isEmpty else {
            // Nothing that the kernel could do, unless somebody insists on it.
            let why =
                "no Ethernet interface has a listener's or a relay address; name others in "
                + "relay.kernel-path-interfaces"
            return refused(why, isAsked ? .warning : .debug, logger)
        }
        // Where the machine does not allow what is on by default, that is nothing to be warned of.
        let level = isAsked ? Logger.Level.warning : .info
        do throws(KernelPathFailure) {
            let path = if let loaded { loaded } else { try load(configuration, loops) }
            let failures = path.attach(interfaces, mode: mode(configuration.kernelPath)).map(\.description)
            let problem = failures.isEmpty ? nil : failures.joined(separator: "; ")
            guard !path.attachments.isEmpty || path.awaitsInterfaces else {
                path.detach()
                return refused(problem ?? "no interface", level, logger)
            }
            if let problem {
                logger.log(level: level, "no kernel path on some interfaces", metadata: ["why": "\(problem)"])
            }
            if !path.attachments.isEmpty {
                let text = path.attachments.map(description).joined(separator: ", ")
                logger.info("kernel path", metadata: ["interfaces": "\(text)"])
            }
            path.follow { tell($0, logger) }
            return Outcome(path: path, problem: problem)
        } catch {
            if !error.verifierLog.isEmpty {
                logger.debug("the kernel's verifier", metadata: ["log": "\(error.verifierLog)"])
            }
            return refused(error.description, level, logger)
        }
    }

    private static func refused(_ why: String, _ level: Logger.Level, _ logger: Logger) -> Outcome {
        logger.log(level: level, "no kernel path, the relay forwards everything itself", metadata: ["why": "\(why)"])
        return Outcome(problem: why)
    }

    private static func load(
        _ configuration: RelayConfiguration, _ loops: Int
    ) throws(KernelPathFailure) -> KernelPath {
        let allocations = configuration.quotas.allocations
        var settings = KernelPath.Settings(
            channels: max(configuration.kernelPathChannels, loops), allocations: allocations * loops,
            users: allocations * loops)
        settings.carriesDSCP = configuration.carriesDSCP
        return try KernelPath(settings)
    }

    private static func interfaces(
        _ configuration: RelayConfiguration, _ listeners: [TransportAddress]
    ) -> [String] {
        guard configuration.kernelPathInterfaces.isEmpty else { return configuration.kernelPathInterfaces }
        return KernelPath.suitable(
            HostAddresses.interfaces(of: listeners.map(\.ip) + configuration.addressesToRelayFrom.map(\.bind)))
    }

    private static func mode(_ kernelPath: KernelPathMode) -> KernelPath.Mode? {
        switch kernelPath {
        case .native: .native
        case .generic: .generic
        case .auto, .off: nil
        }
    }

    private static func tell(_ change: KernelPath.Change, _ logger: Logger) {
        switch change {
        case .attached(let attachment):
            logger.notice("kernel path on an interface", metadata: ["interface": "\(description(attachment))"])
        case .gone(let name):
            logger.notice("an interface of the kernel path has gone", metadata: ["interface": "\(name)"])
        case .refused(let failure):
            logger.warning("no kernel path on an interface", metadata: ["why": "\(failure)"])
        }
    }

    /// An interface and its mode: `eth0 (native)`.
    static func description(_ attachment: KernelPath.Attachment) -> String {
        "\(attachment.interface) (\(attachment.mode))"
    }
}
