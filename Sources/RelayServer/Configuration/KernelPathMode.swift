/// Whether and how established channels are forwarded in the kernel.
public enum KernelPathMode: String, Sendable, CaseIterable {
    /// In the driver of each interface, or else behind it; without the kernel when neither works.
    case auto
    /// In the driver, or not at all.
    case native
    /// Behind the driver, which any interface can.
    case generic
    /// Never.
    case off
}
