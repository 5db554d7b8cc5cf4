import CBPF
import Glibc
import Synchronization

extension KernelPath {
    /// How the program hangs on an interface.
    public enum Mode: String, Sendable, CaseIterable {
        /// In the interface's driver, before the kernel has made anything of a frame.
        case native
        /// Behind it, with any driver.
        case generic
    }

    /// An interface that has the program.
    public struct Attachment: Sendable, Hashable {
        /// The interface's name.
        public let interface: String
        /// How.
        public let mode: Mode
        let index: UInt32
        let link: Int32
    }

    /// The interfaces that have the program.
    public var attachments: [Attachment] { attached.withLock(\.self) }

    /// Attaches the program to interfaces: in this mode, or else natively to all of them when that is known to work,
    /// and generically otherwise. One mode for all: what comes in natively can only leave natively.
    ///
    /// - Returns: why some of them do not have it.
    public func attach(_ names: [String], mode wanted: Mode?) -> [KernelPathFailure] {
        if let wanted { return attach(names, wanted) }
        if names.allSatisfy(NetworkInterface.redirectsNatively), attach(names, .native).isEmpty { return [] }
        detach()
        return attach(names, .generic)
    }

    private func attach(_ names: [String], _ mode: Mode) -> [KernelPathFailure] {
        names.compactMap { name in
            do throws(KernelPathFailure) {
                try attach(name, mode: mode)
                return nil
            } catch {
                return error
            }
        }
    }

    /// Attaches the program to one interface.
    func attach(_ name: String, mode: Mode) throws(KernelPathFailure) {
        let interface = try NetworkInterface(name)
        if mode == .generic, NetworkInterface.carriesVLANs(name) {
            throw KernelPathFailure(
                "interface \(name) carries VLANs, whose tags its hardware hides from the generic mode; "
                    + "name the VLAN interfaces themselves, or use the native mode")
        }
        let link = cbpf_link(program, interface.index, mode == .native ? Self.nativeFlag : Self.genericFlag)
        guard link >= 0 else {
            let remedy =
                -link == EBUSY || -link == EEXIST  // in the other mode
                ? "another program is there; remove it (ip link set dev \(name) xdp off) or leave the interface out"
                : mode == .native ? "try kernel-path generic" : "it needs CAP_NET_ADMIN, and Linux 5.15"
            throw KernelPathFailure(
                "the program cannot be attached to \(name): \(String(cString: strerror(-link))); \(remedy)")
        }
        var place = interface.index % UInt32(TERN_INTERFACES)
        var record = tern_interface(
            index: interface.index, mac: interface.mac, redirects: interface.isVirtualPair ? 1 : 0)
        _ = cbpf_update(interfaceMap, &place, &record)
        attached.withLock {
            $0.append(Attachment(interface: name, mode: mode, index: interface.index, link: link))
        }
    }

    /// Takes the program off every interface: whatever comes from now on goes through this process.
    public func detach() {
        let attachments = attached.withLock { attached in
            defer { attached = [] }
            return attached
        }
        for attachment in attachments {
            close(attachment.link)
            var place = attachment.index % UInt32(TERN_INTERFACES)
            var nothing = tern_interface()
            _ = cbpf_update(interfaceMap, &place, &nothing)
        }
    }

    private static var nativeFlag: UInt32 { 1 << 2 }  // XDP_FLAGS_DRV_MODE
    private static var genericFlag: UInt32 { 1 << 1 }  // XDP_FLAGS_SKB_MODE
}
