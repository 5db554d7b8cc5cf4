/// What goes out on a socket.
enum SocketOutput: Sendable {
    case text(String)
    case close(UInt16, String)
}
