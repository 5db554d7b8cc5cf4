import KernelPath
import Logging
import RelayCore
import STUN

/// Starts the kernel path as it is configured, or tells in one line why there is none.
enum KernelPathStart {
    /// The loaded program on its interfaces; nil when it is off, or when nothing can be done in the kernel.
    static func start(
        _ configuration: RelayConfiguration, loops: Int, listeners: [TransportAddress], _ logger: Logger
    ) -> KernelPath? {
        guard configuration.kernelPath != .off else { return nil }
        do throws(KernelPathFailure) {
            let allocations = configuration.quotas.allocations
            var settings = KernelPath.Settings(
                channels: max(configuration.kernelPathChannels, loops), allocations: allocations * loops,
                users: allocations * loops)
            settings.carriesDSCP = configuration.carriesDSCP
            let path = try KernelPath(settings)
            attach(path, configuration, listeners, logger)
            guard !path.attachments.isEmpty else { return nil }
            return path
        } catch {
            logger.warning("no kernel path, the relay forwards everything itself", metadata: ["why": "\(error)"])
            if !error.verifierLog.isEmpty {
                logger.debug("the kernel's verifier", metadata: ["log": "\(error.verifierLog)"])
            }
            return nil
        }
    }

    private static func attach(
        _ path: KernelPath, _ configuration: RelayConfiguration, _ listeners: [TransportAddress], _ logger: Logger
    ) {
        var interfaces = configuration.kernelPathInterfaces
        if interfaces.isEmpty {
            let addresses = listeners.map(\.ip) + configuration.addressesToRelayFrom.map(\.bind)
            interfaces = HostAddresses.interfaces(of: addresses)
            if interfaces.isEmpty {
                let why = "no interface but loopback has a listener's or a relay address"
                logger.warning("no kernel path: \(why); name interfaces in relay.kernel-path-interfaces")
            }
        }
        let mode: KernelPath.Mode? =
            switch configuration.kernelPath {
            case .native: .native
            case .generic: .generic
            case .auto, .off: nil
            }
        for failure in path.attach(interfaces, mode: mode) {
            logger.warning("no kernel path on an interface", metadata: ["why": "\(failure)"])
        }
        guard !path.attachments.isEmpty else { return }
        let text = path.attachments.map { "\($0.interface) (\($0.mode))" }.joined(separator: ", ")
        logger.info("kernel path", metadata: ["interfaces": "\(text)"])
    }
}
