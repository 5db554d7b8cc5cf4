internal import BasicContainers

/// The newest refusals; older ones are overwritten.
struct RefusalRing: ~Copyable {
    private var records: RigidArray<RefusalRecord>
    private var newest = -1

    init() { records = RigidArray(capacity: Limits.refusals) }

    mutating func append(_ record: RefusalRecord) {
        newest = (newest + 1) % Limits.refusals
        if records.isFull { records[newest] = record } else { records.append(record) }
    }

    /// The newest records, newest first.
    func latest(_ limit: Int) -> [RefusalRecord] {
        (0..<min(max(limit, 0), records.count)).map { age in
            records[(newest - age + records.count) % records.count]
        }
    }
}
