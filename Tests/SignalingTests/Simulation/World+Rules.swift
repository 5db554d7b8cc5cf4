@testable import Signaling

// What holds after every input.
extension World {
    var isEmpty: Bool {
        board.sockets.isEmpty && board.calls.isEmpty && board.people.isEmpty && board.connections.isEmpty
            && board.resumptions.isEmpty && board.lost.isEmpty && board.leaving.isEmpty
    }

    var remains: String {
        """
        \(board.sockets.keys), \(board.calls.values), \(board.people.keys), \(board.connections), \
        \(board.resumptions), \(board.lost), \(board.leaving)
        """
    }

    func checkRules() throws {
        try checkSockets()
        try checkCalls()
    }

    private func require(_ isRight: Bool, _ rule: @autoclosure () -> String) throws {
        if !isRight { throw Broken(rule()) }
    }

    private func checkSockets() throws {
        let limits = board.limits
        try require(board.sockets.count <= limits.sockets, "\(board.sockets.count) sockets")
        for (connection, socket) in board.connections {
            try require(board.sockets[socket]?.connection == connection, "\(connection) leads to \(socket)")
        }
        for (id, socket) in board.sockets {
            if let connection = socket.connection {
                try require(board.connections[connection] == id, "\(id) has a connection that does not know it")
                try require(!board.lost.contains(id) && socket.lostAt == nil, "\(id) is connected and lost")
            } else {
                try require(board.lost.contains(id) && socket.lostAt != nil, "\(id) is neither connected nor lost")
            }
            try require(board.resumptions[socket.resume] == id, "\(id) cannot be resumed")
            try require(board.people[socket.person]?.sockets.contains(id) == true, "\(id) belongs to nobody")
            try require(socket.replay.entries.count <= limits.replayMessages, "\(id) keeps too many messages")
            try require(socket.replay.bytes <= limits.replayBytes, "\(id) keeps too many bytes")
            let bytes = socket.replay.entries.reduce(0) { $0 + $1.message.byteCount }
            try require(socket.replay.bytes == bytes, "\(id) counts \(socket.replay.bytes) bytes of \(bytes)")
        }
        try require(board.resumptions.count == board.sockets.count, "resumptions of nothing")
        for (id, person) in board.people {
            try require(person.sockets.count <= limits.socketsPerPerson, "\(id) has too many sockets")
            let isConnected = person.sockets.contains { board.sockets[$0]?.connection != nil }
            try require(!isConnected || person.isOnline, "\(id) is connected and not online")
            try require(isConnected || !person.isOnline || board.leaving[id] != nil, "\(id) stays online for ever")
            try require(
                person.isOnline || !person.sockets.isEmpty || person.call != nil, "\(id) is kept for nothing")
        }
    }

    private func checkCalls() throws {
        for (id, call) in board.calls {
            try require(board.people[call.requester.person]?.call == id, "the requester is not in \(id)")
            if call.refusal == nil {
                try require(board.people[call.callee.person]?.call == id, "the callee is not in \(id)")
            } else {
                try require(call.pending != nil, "\(id) was refused and goes on")
            }
            try require(call.pending != nil || call.held.isEmpty && call.heldEnd == nil, "\(id) holds back for nothing")
            try require(call.held.count <= board.limits.heldMessages, "\(id) holds too many messages")
            try require(
                call.heldBytes == call.held.reduce(0) { $0 + $1.byteCount } && call.heldBytes <= board.limits.heldBytes,
                "\(id) holds \(call.heldBytes) bytes")
            try require(call.state != .proposed || call.pending != nil, "\(id) is proposed for ever")
            if case .step(.ended)? = call.pending?.subject { continue }
            let isEnding = call.heldEnd != nil
            for side in CallSide.allCases {
                guard let socket = call[side].socket else { continue }
                try require(
                    board.sockets[socket] != nil || isEnding, "\(id) goes on without the socket of its \(side)")
            }
            try require(!call.isAccepted || call.callee.socket != nil, "\(id) is accepted by no socket")
        }
        for (id, person) in board.people {
            guard let call = person.call else { continue }
            try require(board.calls[call]?.side(of: id) != nil, "\(id) is in \(call), which is none")
        }
    }
}
