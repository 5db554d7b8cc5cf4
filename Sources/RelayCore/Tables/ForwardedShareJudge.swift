/// Judges which way an allocation's datagrams take, over at least so many of them that a single one tells nothing.
struct ForwardedShareJudge: BitwiseCopyable {
    /// What has been judged; from few datagrams while there have not been more.
    private(set) var share = ForwardedShare.none
    private var isJudged = false
    // Counts as of the last judgement, modulo 2^32.
    private var allBefore: UInt32 = 0
    private var forwardedBefore: UInt32 = 0

    /// Datagrams that a judgement takes.
    private static var datagramsMin: UInt32 { 10 }

    /// Takes note of how many datagrams there have been, and how many of them somebody else has forwarded.
    ///
    /// - Parameter channels: the channels that somebody else forwards right now.
    mutating func judge(all: UInt64, forwarded: UInt64, channels: Int) {
        let all = UInt32(truncatingIfNeeded: all)
        let forwarded = UInt32(truncatingIfNeeded: forwarded)
        let count = all &- allBefore
        let isLarge = count >= Self.datagramsMin
        if channels == 0 {
            share = .none
            isJudged = true
        } else if isLarge || !isJudged && count > 0 {
            // A quarter allows for those that go up on purpose, one a channel and way every ten seconds.
            let part = UInt64(forwarded &- forwardedBefore) * 4
            share = part <= UInt64(count) ? .none : part >= UInt64(count) * 3 ? .most : .part
        }
        guard channels == 0 || isLarge else { return }
        isJudged = true
        (allBefore, forwardedBefore) = (all, forwarded)
    }
}
