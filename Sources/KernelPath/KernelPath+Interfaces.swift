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

    /// What has become of an interface meanwhile.
    public enum Change: Sendable {
        /// It has come, and has the program.
        case attached(Attachment)
        /// It has gone.
        case gone(String)
        /// It is there, and cannot have the program.
        case refused(KernelPathFailure)
    }

    /// Which interfaces are to have the program, and which have it.
    struct Interfaces {
        var wanted: [String] = []
        /// The mode that was asked for; nil leaves it open.
        var asked: Mode?
        var mode = Mode.generic
        var attached: [Attachment] = []
        /// Interfaces that have been refused, by index: not tried again.
        var refused: Set<UInt32> = []
        /// What stands in the maps.
        var records: [UInt32: tern_interface] = [:]
        var vlans: [VLAN] = []
    }

    /// The interfaces that have the program.
    public var attachments: [Attachment] { interfaces.withLock(\.attached) }

    /// Whether an interface that is to have the program is not there: it gets it when it comes.
    public var awaitsInterfaces: Bool {
        let names = Set(((try? NetworkInterface.all()) ?? []).map(\.name))
        return interfaces.withLock { !names.isSuperset(of: $0.wanted) }
    }

    /// Those of some interfaces that can have the program; all when nobody knows.
    public static func suitable(_ names: [String]) -> [String] {
        guard let present = try? NetworkInterface.all() else { return names }
        return names.filter { name in present.contains { $0.name == name && $0.isEthernet } }
    }

    /// Attaches the program to interfaces: in this mode, or else natively to all of them when that is known to work,
    /// and generically otherwise. One mode for all: what comes in natively can only leave natively.
    ///
    /// - Returns: why some of them do not have it. What is not there yet gets it when it comes; see `follow`.
    public func attach(_ names: [String], mode wanted: Mode?) -> [KernelPathFailure] {
        thread.perform { [self] in
            interfaces.withLock { state in
                do throws(KernelPathFailure) {
                    let present = try NetworkInterface.all()
                    removeAll(&state)
                    (state.wanted, state.asked, state.refused) = (names, wanted, [])
                    let native = present.filter { names.contains($0.name) }
                    let isNative = native.count == names.count && native.allSatisfy(\.redirectsNatively)
                    state.mode = wanted ?? (isNative ? .native : .generic)
                    let failures = attachMissing(&state, present)
                    publish(&state, present)
                    let missing = names.filter { name in !present.contains { $0.name == name } }
                    return failures + missing.map { KernelPathFailure("interface \($0): No such device") }
                } catch {
                    return [error]
                }
            }
        }
    }

    /// From now on interfaces that come get the program, those that go are forgotten, and next hops follow the network;
    /// `tell` says what has happened to interfaces.
    public func follow(_ tell: @escaping @Sendable (Change) -> Void) {
        thread.watch { [weak self] interfacesToo in
            guard let self else { return }
            if interfacesToo { for change in catchUp() { tell(change) } }
            forgetHops()
        }
    }

    /// Takes the program off every interface: whatever comes from now on goes through this process.
    public func detach() {
        thread.perform { [self] in
            interfaces.withLock { state in
                removeAll(&state)
                state.wanted = []
                publish(&state, [])
            }
        }
    }

    /// Brings attachments and maps in step with the interfaces that there are.
    func catchUp() -> [Change] {
        guard let present = try? NetworkInterface.all() else { return [] }
        return interfaces.withLock { state in
            var changes: [Change] = []
            for attachment in state.attached {
                let failure = refusal(
                    of: attachment.mode, on: attachment.interface, attachment.index, among: present)
                let isThere = present.contains {
                    $0.index == attachment.index && $0.name == attachment.interface
                }
                guard !isThere || failure != nil else { continue }
                close(attachment.link)
                state.attached.removeAll { $0 == attachment }
                changes.append(isThere ? .refused(failure!) : .gone(attachment.interface))
                if isThere { state.refused.insert(attachment.index) }
            }
            let before = Set(state.attached)
            changes += attachMissing(&state, present).map(Change.refused)
            changes += state.attached.filter { !before.contains($0) }.map(Change.attached)
            publish(&state, present)
            return changes
        }
    }

    private func attachMissing(_ state: inout Interfaces, _ present: [NetworkInterface]) -> [KernelPathFailure] {
        func missing() -> [NetworkInterface] {
            present.filter { interface in
                state.wanted.contains(interface.name) && !state.refused.contains(interface.index)
                    && !state.attached.contains { $0.index == interface.index }
            }
        }
        // What comes in natively can only leave natively: one that cannot do it brings all the others down with it.
        let isOpen = state.asked == nil && state.mode == .native
        if isOpen, !missing().allSatisfy(\.redirectsNatively) { fallBack(&state) }
        var failures: [KernelPathFailure] = []
        for interface in missing() {
            do throws(KernelPathFailure) {
                state.attached.append(try attach(interface, state.mode, among: present))
            } catch {
                if isOpen, state.mode == .native {
                    fallBack(&state)
                    return attachMissing(&state, present)
                }
                state.refused.insert(interface.index)
                failures.append(error)
            }
        }
        return failures
    }

    private func fallBack(_ state: inout Interfaces) {
        removeAll(&state)
        state.mode = .generic
    }

    private func removeAll(_ state: inout Interfaces) {
        for attachment in state.attached { close(attachment.link) }
        state.attached = []
    }

    private func attach(
        _ interface: NetworkInterface, _ mode: Mode, among present: [NetworkInterface]
    ) throws(KernelPathFailure) -> Attachment {
        let name = interface.name
        if let failure = refusal(of: mode, on: name, interface.index, among: present) { throw failure }
        let link = link(interface.index, mode == .native ? Self.nativeFlag : Self.genericFlag)
        guard link >= 0 else {
            let remedy =
                -link == EBUSY || -link == EEXIST  // in the other mode
                ? "another program is there; remove it (ip link set dev \(name) xdp off) or leave the interface out"
                : mode == .native ? "try kernel-path generic" : "it needs CAP_NET_ADMIN, and Linux 5.15"
            throw KernelPathFailure(
                "the program cannot be attached to \(name): \(String(cString: strerror(-link))); \(remedy)")
        }
        return Attachment(interface: name, mode: mode, index: interface.index, link: link)
    }

    /// Why a mode is out of the question on an interface: for what it is, or for others that stand on it.
    func refusal(
        of mode: Mode, on name: String, _ index: UInt32, among present: [NetworkInterface]
    ) -> KernelPathFailure? {
        if let interface = present.first(where: { $0.index == index }), !interface.isEthernet {
            return KernelPathFailure(
                "interface \(name) carries no Ethernet frames, which is all that the program knows; leave it out")
        }
        guard mode == .generic, present.contains(where: { $0.lower == index }) else { return nil }
        return KernelPathFailure(
            "interface \(name) carries VLANs, whose tags its hardware hides from the generic mode; "
                + "name the VLAN interfaces themselves, or use the native mode")
    }

    /// Attaches with as few rights as it takes: none, where the program's descriptor is right enough, or CAP_BPF. What
    /// was not needed is given up: attaching again later takes no more.
    private func link(_ index: UInt32, _ mode: UInt32) -> Int32 {
        let all = cbpf_rights()
        let bpf = UInt64(1) << UInt64(CAP_BPF)
        let networkAdministration = UInt64(1) << UInt64(CAP_NET_ADMIN)
        // As far as they are still permitted.
        defer { _ = cbpf_set_effective(all, 1) }
        var link = -EPERM
        for needed in [0, bpf, bpf | networkAdministration] {
            _ = cbpf_set_effective(all, 0)
            _ = cbpf_set_effective(needed, 1)
            link = cbpf_link(program, index, mode)
            if link >= 0 { thread.drop(all & ~needed) }
            if link != -EPERM { break }
        }
        return link
    }

    private static var nativeFlag: UInt32 { 1 << 2 }  // XDP_FLAGS_DRV_MODE
    private static var genericFlag: UInt32 { 1 << 1 }  // XDP_FLAGS_SKB_MODE
}
