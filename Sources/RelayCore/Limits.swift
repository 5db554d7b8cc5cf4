/// Sizes that are fixed, each with its reason.
enum Limits {
    /// Effects that can wait to be executed: a turn that ends many allocations at once (a revocation, a mass expiry)
    /// goes on in the next one.
    static var effects: Int { 1024 }
    /// Effects that fit beyond those: what requests need whose caller has not yet drained what a sweep over many
    /// connections has queued.
    static var effectsReserve: Int { 256 }
    /// The most effects that the end of one allocation takes: its channels, two sockets, the connection, the summary.
    static var effectsPerEnd: Int { 5 }
    /// Refusals that are remembered for the operator.
    static var refusals: Int { 256 }
    /// Prefixes that the budget of unverified answers distinguishes at one time: 8192 x 32 bytes.
    static var budgetPrefixes: Int { 8192 }
    /// XOR-PEER-ADDRESS attributes that one CreatePermission may carry.
    static var peersPerRequest: Int { 64 }
}
