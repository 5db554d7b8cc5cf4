internal import CFuzzer

/// Runs a program as a libFuzzer target: `main` calls it with what is to be done for one input.
public func runFuzzer(_ body: @escaping (RawSpan) -> Void) {
    target = body
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    // It does not return while there is time left.
    _ = LLVMFuzzerRunDriver(&count, &arguments) { start, count in
        target?(UnsafeRawBufferPointer(start: start, count: count).bytes)
        return 0
    }
}

/// libFuzzer calls from the one thread it was started on, and gives nothing back to tell one target from another.
private nonisolated(unsafe) var target: ((RawSpan) -> Void)?
