import CBPF

extension KernelPath {
    /// What the program did with a frame.
    struct Run: Hashable {
        enum Verdict: Int32 {
            case aborted, drop, pass, transmit, redirect
        }

        var verdict: Verdict
        var frame: [UInt8]
    }

    /// Runs the program on a frame as if it came in by an attached interface; nil when the kernel would not.
    func run(_ frame: [UInt8], interface: UInt32) -> Run? {
        var out = [UInt8](repeating: 0, count: frame.count + 256)
        var count = UInt32(out.count)
        let result = cbpf_run(program, interface, frame, UInt32(frame.count), &out, &count)
        guard let verdict = Run.Verdict(rawValue: result) else { return nil }
        return Run(verdict: verdict, frame: Array(out.prefix(Int(count))))
    }
}
