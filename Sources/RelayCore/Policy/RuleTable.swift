import STUN

/// Rules of one address family, compiled to sorted boundaries: a look-up is one binary search, whatever the nesting.
///
/// CIDR blocks nest or are disjoint, so the number line falls into segments that each have one most specific rule.
/// ```
/// 10.0.0.0/8 deny   |------------------------------|
/// 10.1.0.0/16 allow           |-------|
/// boundaries        ^deny     ^allow  ^deny         ^none
/// ```
struct RuleTable: Sendable {
    private struct Segment: Sendable {
        let first: UInt128
        let rule: PolicyRule?
    }

    /// Ascending by `first`; addresses before the first segment have no rule.
    private var segments: [Segment] = []

    /// Compiles the rules of `family`; of several for the same block the highest origin stays.
    init(_ rules: [PolicyRule], family: AddressFamily) {
        var strongest: [CIDR: PolicyRule] = [:]
        for rule in rules where rule.block.network.family == family {
            if let other = strongest[rule.block], other.origin >= rule.origin { continue }
            strongest[rule.block] = rule
        }
        // Outer blocks come before those inside them.
        let sorted = strongest.values.sorted {
            ($0.block.firstKey, $0.block.prefixLength) < ($1.block.firstKey, $1.block.prefixLength)
        }
        var open: [PolicyRule] = []
        for rule in sorted {
            close(&open, before: rule.block.firstKey)
            open.append(rule)
            mark(rule.block.firstKey, rule)
        }
        close(&open, before: nil)
    }

    /// The most specific rule that holds `key`.
    func lookup(_ key: UInt128) -> PolicyRule? {
        var low = 0
        var high = segments.count
        while low < high {
            let middle = (low &+ high) &>> 1
            if segments[middle].first <= key { low = middle &+ 1 } else { high = middle }
        }
        return low == 0 ? nil : segments[low &- 1].rule
    }

    /// Ends the blocks that lie wholly before `key` (all when nil): behind each, the one around it applies again.
    private mutating func close(_ open: inout [PolicyRule], before key: UInt128?) {
        while let inner = open.last {
            if let key, inner.block.lastKey >= key { return }
            open.removeLast()
            // The block that reaches the last address there is has nothing behind it.
            if inner.block.lastKey < UInt128.max { mark(inner.block.lastKey + 1, open.last) }
        }
    }

    private mutating func mark(_ first: UInt128, _ rule: PolicyRule?) {
        if segments.last?.first == first { segments.removeLast() }
        segments.append(Segment(first: first, rule: rule))
    }
}
