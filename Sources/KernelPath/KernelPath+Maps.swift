import CBPF
import Synchronization

extension KernelPath {
    /// How a VLAN's frames come in.
    struct VLAN: Hashable {
        var lower: UInt32
        var number: UInt16

        var key: tern_vlan { tern_vlan(lower: lower, tag: number.bigEndian, reserved: 0) }
    }

    /// Writes into the maps which interfaces datagrams come in and leave by: those with the program, and the VLANs of
    /// those that have it natively. Of two with the same place in the map, the first has it.
    func publish(_ state: inout Interfaces, _ present: [NetworkInterface]) {
        var records: [UInt32: tern_interface] = [:]
        var vlans: [VLAN: UInt32] = [:]
        func add(_ interface: NetworkInterface, over lower: NetworkInterface, vlan: UInt16 = 0) {
            let place = interface.index % UInt32(TERN_INTERFACES)
            guard records[place] == nil else { return }
            records[place] = tern_interface(
                index: interface.index, lower: lower.index, mac: interface.mac,
                tag: vlan.bigEndian, redirects: lower.isVirtualPair ? 1 : 0)
            if vlan != 0, vlans.count < Int(TERN_VLANS) {
                vlans[VLAN(lower: lower.index, number: vlan)] = interface.index
            }
        }
        for attachment in state.attached {
            guard let interface = present.first(where: { $0.index == attachment.index }) else { continue }
            add(interface, over: interface)
        }
        for attachment in state.attached where attachment.mode == .native {
            guard let lower = present.first(where: { $0.index == attachment.index }) else { continue }
            for vlan in present where vlan.lower == lower.index && vlan.vlan != 0 {
                add(vlan, over: lower, vlan: vlan.vlan)
            }
        }
        for place in Set(state.records.keys).union(records.keys) {
            var place = place
            var record = records[place] ?? tern_interface()
            _ = cbpf_update(interfaceMap, &place, &record)
        }
        for vlan in state.vlans where vlans[vlan] == nil {
            var key = vlan.key
            _ = cbpf_remove(vlanMap, &key)
        }
        for (vlan, index) in vlans {
            var key = vlan.key
            var index = index
            _ = cbpf_update(vlanMap, &key, &index)
        }
        state.records = records
        state.vlans = Array(vlans.keys)
        forgetHops()
    }

    /// How often next hops have been forgotten.
    var hopGeneration: UInt32 { shared.withLock(\.generation) }

    /// Next hops are looked up anew from now on.
    func forgetHops() {
        shared.withLock { shared in
            shared.generation &+= 1
            var first: UInt32 = 0
            _ = cbpf_update(settingsMap, &first, &shared)
        }
    }
}
