import CBPF
import Glibc

extension KernelPath {
    /// The program and the memory of its maps, loaded and attached to nothing.
    struct Program: @unchecked Sendable {
        let object: UnsafeMutableRawPointer
        let descriptor: Int32
        let states: UnsafeMutablePointer<tern_state>
        let allocations: UnsafeMutablePointer<tern_budget>
        let users: UnsafeMutablePointer<tern_budget>

        /// Bytes of what the verifier may say.
        private static let logBytes = 1 << 20

        init(_ settings: Settings) throws(KernelPathFailure) {
            let bytes = EmbeddedProgram.bytes
            guard !bytes.isEmpty else {
                throw KernelPathFailure(
                    "this binary was built without the kernel's program (\(EmbeddedProgram.failure)); "
                        + "build it with a clang that has the bpf target, as Swift's own has")
            }
            let text = UnsafeMutablePointer<CChar>.allocate(capacity: Self.logBytes)
            defer { text.deallocate() }
            text.pointee = 0
            let log = cbpf_log(text: text, bytes: Self.logBytes)
            guard cbpf_open_library(log) == 0 else {
                throw KernelPathFailure(
                    "libbpf 1.0 or later is missing (\(String(cString: text))); "
                        + "install libbpf1 (Debian) or libbpf (Fedora)")
            }
            var program: Int32 = -1
            var error: Int32 = 0
            guard let object = Self.load(bytes, settings, &program, log, &error) else {
                throw Self.refusal(-error, String(cString: text))
            }
            func memory<Record>(_ map: String, _ count: Int) -> UnsafeMutablePointer<Record>? {
                cbpf_memory(cbpf_map(object, map), count * MemoryLayout<Record>.stride)?
                    .bindMemory(to: Record.self, capacity: count)
            }
            guard let states: UnsafeMutablePointer<tern_state> = memory("tern_states", settings.channels),
                let allocations: UnsafeMutablePointer<tern_budget> = memory("tern_allocations", settings.allocations),
                let users: UnsafeMutablePointer<tern_budget> = memory("tern_users", settings.users)
            else {
                let code = errno
                cbpf_close(object)
                throw KernelPathFailure(
                    "the maps of the kernel path cannot be mapped: \(String(cString: strerror(code)))")
            }
            self.object = object
            descriptor = program
            self.states = states
            self.allocations = allocations
            self.users = users
        }

        /// Takes it out of the kernel; it must hang on no interface.
        func unload(_ settings: Settings) {
            cbpf_release(states, settings.channels * MemoryLayout<tern_state>.stride)
            cbpf_release(allocations, settings.allocations * MemoryLayout<tern_budget>.stride)
            cbpf_release(users, settings.users * MemoryLayout<tern_budget>.stride)
            cbpf_close(object)
        }

        private static func load(
            _ bytes: [UInt8], _ settings: Settings, _ program: inout Int32, _ log: cbpf_log, _ error: inout Int32
        ) -> UnsafeMutableRawPointer? {
            "tern_entries".withCString { entries in
                "tern_states".withCString { states in
                    "tern_allocations".withCString { allocations in
                        "tern_users".withCString { users in
                            let sizes = [
                                cbpf_size(map: entries, entries: UInt32(settings.channels * 2)),
                                cbpf_size(map: states, entries: UInt32(settings.channels)),
                                cbpf_size(map: allocations, entries: UInt32(settings.allocations)),
                                cbpf_size(map: users, entries: UInt32(settings.users)),
                            ]
                            return cbpf_load(
                                bytes, bytes.count, sizes, Int32(sizes.count), "tern_forward", &program, log, &error)
                        }
                    }
                }
            }
        }

        private static func refusal(_ code: Int32, _ verifierLog: String) -> KernelPathFailure {
            let cause = String(cString: strerror(code))
            // EACCES: what the verifier allows only with CAP_PERFMON, such as the difference of two addresses.
            if code == EPERM || code == EACCES {
                return KernelPathFailure(
                    "the kernel path needs CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN (\(cause)); grant them to the relay, "
                        + "in its unit as AmbientCapabilities=CAP_BPF CAP_PERFMON CAP_NET_ADMIN",
                    verifierLog: verifierLog)
            }
            let last = verifierLog.split(separator: "\n").last { !$0.hasPrefix("processed ") && !$0.isEmpty } ?? ""
            return KernelPathFailure(
                "the kernel does not take the program (\(cause)\(last.isEmpty ? "" : ": ")\(last)); "
                    + "it needs Linux 5.15",
                verifierLog: verifierLog)
        }
    }
}
