internal import Signaling

// What pages ask for.
extension SignalingHub {
    /// Lets the switchboard decide on a frame, or has first written or read what it needs to know.
    func take(_ frame: ClientFrame, from socket: SocketID, now: Int64) {
        guard let person = board.person(of: socket) else { return }
        switch frame {
        case .resume: break
        case .ping(let id): board.send(.pong(id: id), to: socket, now: now)
        case .call(let id, let call, let request):
            board.handle(request, of: call, from: socket, id: id, now: now)
        case .request(let id, let to, let media):
            guard board.admitRequest(from: socket, id: id, now: now), hasRoom(for: socket, id) else { return }
            enqueue(.call(from: person, to: to, socket: socket, id: id, media: media))
        case .chat(let id, let room, let clientID, let body):
            guard hasRoom(for: socket, id) else { return }
            enqueue(.chat(from: person, socket: socket, id: id, room: room, clientID: clientID, body: body))
        }
    }
}
