public import Store

/// One page of a list, and where the next one begins.
public struct Page<Element: Sendable>: Sendable, RandomAccessCollection {
    /// What is on it.
    public var elements: [Element]
    /// Where the next page begins; nil when there is none.
    public var next: PageCursor?

    /// A page.
    public init(_ elements: [Element], next: PageCursor?) {
        self.elements = elements
        self.next = next
    }

    /// The page of `found`, of which there may be one more than `limit` to show that it goes on.
    init<Found>(
        _ found: [Found], limit: Int, cursor: (Found) -> PageCursor, _ element: (Found) throws -> Element
    ) rethrows {
        let shown = found.prefix(limit)
        elements = try shown.map(element)
        next = found.count > limit ? shown.last.map(cursor) : nil
    }

    /// The first element's.
    public var startIndex: Int { elements.startIndex }
    /// Behind the last element.
    public var endIndex: Int { elements.endIndex }
    /// An element.
    public subscript(index: Int) -> Element { elements[index] }
}
