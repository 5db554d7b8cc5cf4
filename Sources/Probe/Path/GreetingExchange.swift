import Integrity
import STUN
import TURNClient

/// One Allocate request without a credential, sent as it is and answered as it comes.
enum GreetingExchange {
    /// The answer; nil when what came is no answer to it.
    static func ask(
        _ socket: borrowing ClientSocket, isStream: Bool, timeoutMilliseconds: UInt64
    ) throws(ClientSocketFailure) -> [UInt8]? {
        var random = SecureRandom()
        let id = TransactionID(high: UInt32(truncatingIfNeeded: random.next()), low: random.next())
        let request = message(id)
        var reassembler = StreamReassembler()
        var buffer = [UInt8](repeating: 0, count: 4_096)
        // Over UDP the request is repeated: either of the two may get lost.
        let waits: [UInt64] = isStream ? [timeoutMilliseconds] : [500, 1_000, 2_000]
        for wait in waits {
            try socket.send(request)
            let deadline = ClientClock.milliseconds + wait
            while ClientClock.wait(on: [socket.descriptor], until: deadline) {
                guard let count = try socket.receive(into: &buffer) else { continue }
                if !isStream {
                    if answers(Array(buffer[..<count]), id) { return Array(buffer[..<count]) }
                    continue
                }
                reassembler.append(buffer[..<count])
                switch reassembler.next() {
                case .message(let message): return answers(message, id) ? message : nil
                case .incomplete: continue
                case .invalid: throw .notTURN
                }
            }
        }
        throw .timedOut
    }

    private static func answers(_ bytes: [UInt8], _ id: TransactionID) -> Bool {
        (try? MessageIndex.parse(bytes.span.bytes))?.transactionID == id
    }

    private static func message(_ id: TransactionID) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 64)
        var count = 0
        do {
            var span = bytes.mutableSpan
            var buffer = span.mutableBytes
            var writer = MessageWriter(MessageType(.allocate, .request), id, into: &buffer)
            writer.append(requestedTransport: 17, into: &buffer)
            count = writer.count
        }
        return Array(bytes[..<count])
    }
}
