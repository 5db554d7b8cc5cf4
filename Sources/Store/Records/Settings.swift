extension StoreConnection {
    /// The setting of this name.
    public func setting(_ name: String) throws -> [UInt8]? {
        try row("SELECT value FROM settings WHERE name = ?", [.text(name)])?.bytes("value")
    }

    /// Keeps a setting, in place of an earlier one.
    public func set(_ name: String, to value: [UInt8]) throws {
        try execute(
            "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [.text(name), .bytes(value)])
    }
}
