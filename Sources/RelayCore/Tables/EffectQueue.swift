internal import BasicContainers

/// Effects in the order they have to be executed in. It is emptied after every input, so it needs no ring.
struct EffectQueue: ~Copyable {
    private var waiting: RigidArray<Effect>
    private var executed = 0

    init() { waiting = RigidArray(capacity: Limits.effects) }

    /// How many more effects fit.
    var room: Int { waiting.freeCapacity }
    var isEmpty: Bool { waiting.isEmpty }

    mutating func append(_ effect: Effect) { waiting.append(effect) }

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
