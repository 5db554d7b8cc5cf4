import Benchmark
import CoreDriver
import RelayCore
import STUN

/// Requests through the whole core: parsing, credentials, tables, effects, the answer.
func registerRequests() {
    register("binding", scale: .kilo) { benchmark, count in
        var driver = relay(sessions: 1)
        let request = driver.builder.request(.binding, of: Session(0), nonce: nil)
        let route = Session(0).route
        var answer = [UInt8](repeating: 0, count: Relay.replyByteCount)
        Calls.count(in: benchmark) {
            var span = answer.mutableSpan
            var reply = span.mutableBytes
            for _ in 0..<count { blackHole(driver.receive(request.span.bytes, from: route, reply: &reply)) }
        }
    }
    // A client comes and goes: 401, Allocate, ChannelBind, Refresh with lifetime 0.
    register("allocation-set-up", scale: .one) { benchmark, count in
        var driver = relay(sessions: 100)
        let session = Session(100)
        let nonce = driver.challenge(session)
        let challenged = driver.builder.request(.allocate, of: session, nonce: nil)
        let allocate = driver.builder.request(.allocate, of: session, nonce: nonce)
        let bind = driver.builder.request(.channelBind, of: session, nonce: nonce)
        let end = driver.builder.request(.refresh, of: session, nonce: nonce, lifetime: 0)
        let route = session.route
        var answer = [UInt8](repeating: 0, count: Relay.replyByteCount)
        Calls.count(in: benchmark) {
            var span = answer.mutableSpan
            var reply = span.mutableBytes
            for _ in 0..<count {
                blackHole(driver.receive(challenged.span.bytes, from: route, reply: &reply))
                blackHole(driver.receive(allocate.span.bytes, from: route, reply: &reply))
                blackHole(driver.receive(bind.span.bytes, from: route, reply: &reply))
                blackHole(driver.receive(end.span.bytes, from: route, reply: &reply))
            }
        }
        precondition(driver.relay.allocationCount == 100)
    }
    register("refresh", scale: .one) { benchmark, count in
        var driver = relay(sessions: 100)
        let session = Session(0)
        let refresh = driver.builder.request(.refresh, of: session, nonce: driver.challenge(session))
        let route = session.route
        var answer = [UInt8](repeating: 0, count: Relay.replyByteCount)
        Calls.count(in: benchmark) {
            var span = answer.mutableSpan
            var reply = span.mutableBytes
            for _ in 0..<count { blackHole(driver.receive(refresh.span.bytes, from: route, reply: &reply)) }
        }
    }
}

/// A core with so many sessions, each with an allocation and its first channel.
func relay(sessions: Int, channels: Int = 1) -> CoreDriver {
    guard var driver = try? CoreDriver(capacity: 4_096) else { fatalError("no core") }
    for number in 0..<sessions {
        let session = Session(number)
        let nonce = driver.challenge(session)
        driver.perform(.allocate, of: session, nonce: nonce)
        for channel in 0..<channels { driver.perform(.channelBind, of: session, nonce: nonce, channel: channel) }
    }
    return driver
}
