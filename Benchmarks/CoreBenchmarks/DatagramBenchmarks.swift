import Benchmark
import CoreDriver
import Histogram
import RelayCore
import STUN

/// The path of a datagram through the core: nothing is allocated and no reference counted.
func registerDatagrams() {
    register("channel-lookup", scale: .mega) { benchmark, count in
        var driver = relay(sessions: 64, channels: 32)
        Calls.count(in: benchmark) { blackHole(driver.switchChannels(count, sessions: 64, channels: 32)) }
    }
    register("datagram-to-peer", scale: .mega) { benchmark, count in
        var driver = relay(sessions: 1_000)
        Calls.count(in: benchmark) {
            blackHole(driver.sendToPeers(count, sessions: 1_000))
            if Planted.isPlanted { for _ in 0..<count { Planted.callOnce() } }
        }
    }
    register("datagram-to-client", scale: .mega) { benchmark, count in
        var driver = relay(sessions: 1_000)
        Calls.count(in: benchmark) { blackHole(driver.sendToClients(count, sessions: 1_000)) }
    }
    register("send-indication", scale: .kilo) { benchmark, count in
        var driver = relay(sessions: 1)
        let indication = driver.builder.sendIndication(of: Session(0), payload: 160)
        let (route, now) = (Session(0).route, driver.now)
        var answer = [UInt8](repeating: 0, count: Relay.replyByteCount)
        Calls.count(in: benchmark) {
            var span = answer.mutableSpan
            var reply = span.mutableBytes
            for _ in 0..<count {
                let verdict = driver.relay.receive(
                    message: indication.span.bytes, from: route, now: now, reply: &reply)
                guard case .send(.peer, _) = verdict else { fatalError("\(verdict)") }
            }
        }
    }
    register("data-indication", scale: .kilo) { benchmark, count in
        var driver = relay(sessions: 1)
        // Another port of a peer that has a permission, but no channel.
        let (now, peer) = (driver.now, TransportAddress(ip: Session(0).peer().ip, port: 999))
        var header = [UInt8](repeating: 0, count: 64)
        Calls.count(in: benchmark) {
            var span = header.mutableSpan
            var bytes = span.mutableBytes
            for number in 0..<count {
                let verdict = driver.relay.deliver(from: peer, on: 0, datagrams: 1, payloadBytes: 160, now: now)
                guard case .indication = verdict else { fatalError("\(verdict)") }
                blackHole(
                    DataIndication.writeHeader(
                        peer: peer, payloadCount: 160, transactionID: TransactionID(high: 1, low: UInt64(number)),
                        into: &bytes))
            }
        }
    }
    // What the load generator does with every packet that comes.
    register("latency-record", scale: .mega) { benchmark, count in
        var latency = Histogram<UInt64>(highestTrackableValue: 1 << 37)
        Calls.count(in: benchmark) { for number in 0..<count { latency.record(UInt64(number) << 12) } }
        precondition(latency.totalCount == UInt64(count))
    }
}
