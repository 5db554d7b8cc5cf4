/// "Did you mean": the known word that is closest to what was typed.
public enum Suggestion {
    /// The word with the fewest edits to the given one, when there are few enough that it may have been meant.
    public static func closest(to word: String, among words: [String]) -> String? {
        let limit = max(1, word.count / 3)
        let scored = words.map { (word: $0, distance: distance(word.lowercased(), $0.lowercased())) }
        guard let best = scored.min(by: { $0.distance < $1.distance }), best.distance <= limit else { return nil }
        return best.word
    }

    /// How many characters must be inserted, deleted, replaced or swapped with their neighbour (optimal alignment).
    static func distance(_ first: String, _ second: String) -> Int {
        let source = Array(first)
        let target = Array(second)
        var beforeLast: [Int] = []
        var last = Array(0...target.count)
        for row in source.indices {
            var current = [row + 1]
            for column in target.indices {
                let equal = source[row] == target[column]
                var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (equal ? 0 : 1))
                if row > 0, column > 0, source[row] == target[column - 1], source[row - 1] == target[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            beforeLast = last
            last = current
        }
        return last[target.count]
    }
}
