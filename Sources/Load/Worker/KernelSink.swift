import CBPF
import Glibc

/// The program that counts payloads at their sockets, in the kernel (`arrive.bpf.c`), and what it has counted.
final class KernelSink {
    private let flows: UnsafeMutablePointer<tern_flow>
    private let latency: UnsafeMutablePointer<UInt64>
    private let memory: UnsafeMutablePointer<tern_arrivals>
    private let object: UnsafeMutableRawPointer
    private let program: Int32
    private let flowCount: Int

    private static let latencyCount = Int(TERN_HISTOGRAM_COUNTS)
    /// Bytes of what the verifier may say.
    private static let logBytes = 1 << 16

    /// Loads the program for so many sessions. Throws why this process may not, or the machine cannot.
    init(sessions: Int) throws {
        let bytes = EmbeddedProgram.bytes
        guard !bytes.isEmpty else {
            throw LoadFailure("this binary was built without the program (\(EmbeddedProgram.failure))")
        }
        let text = UnsafeMutablePointer<CChar>.allocate(capacity: Self.logBytes)
        defer { text.deallocate() }
        text.pointee = 0
        let log = cbpf_log(text: text, bytes: Self.logBytes)
        guard cbpf_open_library(log) == 0 else {
            throw LoadFailure("libbpf.so.1 is missing; install libbpf1 (Debian) or libbpf (Fedora)")
        }
        var program: Int32 = -1
        var error: Int32 = 0
        flowCount = 2 * sessions
        let object = "tern_flows".withCString { map in
            cbpf_load(
                bytes, bytes.count, [cbpf_size(map: map, entries: UInt32(2 * sessions))], 1, "tern_arrive", &program,
                log, &error)
        }
        guard let object else { throw KernelSink.refusal(-error) }
        guard let flows = cbpf_memory(cbpf_map(object, "tern_flows"), flowCount * MemoryLayout<tern_flow>.stride),
            let latency = cbpf_memory(cbpf_map(object, "tern_latency"), Self.latencyCount * 8),
            let totals = cbpf_memory(cbpf_map(object, "tern_totals"), MemoryLayout<tern_arrivals>.stride)
        else {
            let code = errno
            cbpf_close(object)
            throw KernelSink.refusal(code)
        }
        self.flows = flows.bindMemory(to: tern_flow.self, capacity: flowCount)
        self.latency = latency.bindMemory(to: UInt64.self, capacity: Self.latencyCount)
        memory = totals.bindMemory(to: tern_arrivals.self, capacity: 1)
        self.object = object
        self.program = program
    }

    deinit {
        cbpf_release(flows, flowCount * MemoryLayout<tern_flow>.stride)
        cbpf_release(latency, Self.latencyCount * 8)
        cbpf_release(memory, MemoryLayout<tern_arrivals>.stride)
        cbpf_close(object)
    }

    private static func refusal(_ code: Int32) -> LoadFailure {
        let cause = String(cString: strerror(code))
        guard code == EPERM || code == EACCES else {
            return LoadFailure("the kernel does not take the program (\(cause)): it needs Linux 5.15")
        }
        return LoadFailure("it takes CAP_BPF (\(cause)): run as root")
    }

    /// Has payloads that come to this UDP socket counted and not queued.
    func attach(to socket: Int32) -> Bool { cbpf_attach(program, socket) == 0 }

    /// Says where a session's payloads in one direction are to arrive: at sockets of this port, `bytes` long, 0 for
    /// any. What comes elsewhere or is longer or shorter is a stray.
    func expect(_ session: Int, isDown: Bool, at port: UInt16, bytes: Int) {
        let flow = flows + (2 * session + (isDown ? 1 : 0))
        flow.pointee.bytes = UInt32(bytes)
        flow.pointee.port = UInt32(port)
    }

    /// What has been counted so far.
    var totals: tern_arrivals { memory.pointee }

    /// The flows' jitters in nanoseconds, of those that received.
    var jitters: [Double] {
        (0..<flowCount).compactMap { flows[$0].jitter == 0 ? nil : Double(flows[$0].jitter) / 16 }
    }

    /// Adds the times that were counted.
    func addLatencies(to histogram: inout LatencyHistogram) {
        let halfBits = Int(TERN_HISTOGRAM_HALF_BITS)
        for index in 0..<Self.latencyCount where latency[index] > 0 {
            // The largest value that belongs to the count.
            let shift = max(0, index >> halfBits - 1)
            let value = UInt64(index - shift << halfBits + 1) << UInt64(shift) - 1
            histogram.record(value, count: latency[index])
        }
    }
}
