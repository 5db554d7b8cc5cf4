// What time brings to an end.
extension Switchboard {
    /// Ends what has expired and renews what is about to. Nothing depends on its being punctual.
    public mutating func tick(now: Int64) {
        let late = lost.compactMap { sockets[$0] }.filter { ($0.lostAt ?? now) + limits.resumeMilliseconds <= now }
        for socket in late.sorted(by: { $0.serial < $1.serial }) { remove(socket.id, now: now) }
        expirePresence(now: now)
        for id in calls.keys.sorted() {
            guard let call = calls[id] else { continue }
            if call.state == .requested, call.requestedAt + limits.ringMilliseconds <= now {
                finish(id, .timeout, now: now)
            } else {
                refreshServers(of: call, now: now)
            }
        }
    }

    private mutating func refreshServers(of call: Call, now: Int64) {
        guard call.isAccepted else { return }
        for side in CallSide.allCases {
            guard let refreshAt = call[side].refreshAt, refreshAt <= now else { continue }
            askForServers(call.id, side, asker: nil, now: now)
        }
    }
}
