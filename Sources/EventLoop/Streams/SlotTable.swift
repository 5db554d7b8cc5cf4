/// What stands in a slot that is reused.
protocol SlotElement {
    /// Told in epoll tokens, so that an event of an earlier element in this slot is recognised.
    var generation: UInt32 { get set }
    /// The next free slot, while this one is free.
    var nextFree: UInt32 { get set }
    /// The slot is free from now on; what the element held must be gone.
    mutating func markFree()
}

/// The connections or passages of a loop, in slots that are reused. Memory is touched only as far as slots have been
/// in use.
struct SlotTable<Element: SlotElement>: ~Copyable {
    /// No slot.
    static var none: UInt32 { .max }

    let capacity: Int
    private(set) var highWater = 0
    private(set) var count = 0
    private var firstFree = Self.none
    private let slots: UnsafeMutablePointer<Element>

    init(capacity: Int) {
        self.capacity = capacity
        slots = .allocate(capacity: capacity)
    }

    deinit {
        slots.deallocate()
    }

    /// A slot that is or was in use.
    subscript(slot: UInt32) -> UnsafeMutablePointer<Element> {
        @inline(__always) get {
            precondition(Int(slot) < highWater)
            return slots + Int(slot)
        }
    }

    /// The slot that `element` gets, or nil when the table is full.
    mutating func add(_ element: Element) -> UInt32? {
        let slot: UInt32
        var element = element
        if firstFree != Self.none {
            slot = firstFree
            firstFree = slots[Int(slot)].nextFree
            element.generation = slots[Int(slot)].generation &+ 1
        } else {
            guard highWater < capacity else { return nil }
            slot = UInt32(highWater)
            highWater += 1
        }
        (slots + Int(slot)).initialize(to: element)
        count += 1
        return slot
    }

    /// Frees a slot; what the element held must be gone.
    mutating func remove(_ slot: UInt32) {
        let element = self[slot]
        element.pointee.markFree()
        element.pointee.nextFree = firstFree
        firstFree = slot
        count -= 1
    }
}
