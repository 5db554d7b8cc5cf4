import Benchmark
import CoreDriver
import STUN

/// Reading and writing STUN messages.
func registerMessages() {
    register("stun-parse", scale: .mega) { benchmark, count in
        var builder = RequestBuilder()
        let request = builder.request(.channelBind, of: Session(0), nonce: [UInt8](repeating: 7, count: 32))
        Calls.count(in: benchmark) {
            for _ in 0..<count {
                guard let index = try? MessageIndex.parse(request.span.bytes) else { fatalError("not parsed") }
                blackHole(index.messageIntegrity)
            }
        }
    }
    register("stun-build", scale: .mega) { benchmark, count in
        let address = Session(0).client
        var bytes = [UInt8](repeating: 0, count: 512)
        Calls.count(in: benchmark) {
            var span = bytes.mutableSpan
            var buffer = span.mutableBytes
            for number in 0..<count {
                let transaction = TransactionID(high: 1, low: UInt64(number))
                var writer = MessageWriter(MessageType(.allocate, .success), transaction, into: &buffer)
                writer.append(.xorRelayedAddress, xor: address, into: &buffer)
                writer.append(.lifetime, uint32: 600, into: &buffer)
                writer.append(.xorMappedAddress, xor: address, into: &buffer)
                blackHole(writer.count)
            }
        }
    }
}
