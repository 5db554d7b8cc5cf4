internal import BasicContainers

/// Effects in the order they have to be executed in. It is emptied after every input, so it needs no ring.
struct EffectQueue: ~Copyable {
    private var waiting: RigidArray<Effect>
    private var executed = 0

    init() { waiting = RigidArray(capacity: Limits.effects + Limits.effectsReserve) }

    /// How many more effects fit; the reserve is for requests only.
    var room: Int { max(Limits.effects - waiting.count, 0) }
    var isEmpty: Bool { waiting.isEmpty }

    mutating func append(_ effect: Effect) {
        precondition(!waiting.isFull, "effects are to be drained after every input")
        waiting.append(effect)
    }

    mutating func next() -> Effect? {
        guard executed < waiting.count else { return nil }
        let effect = waiting[executed]
        executed += 1
        if executed == waiting.count {
            waiting.removeAll()
            executed = 0
        }
        return effect
    }
}
