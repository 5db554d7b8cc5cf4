import Glibc
import STUN
import TURNClient

/// A connection through an HTTP proxy, made with CONNECT [RFC 9110 9.3.6].
enum ProxyTunnel {
    /// Bytes of the proxy's answer at most.
    private static let answerLimit = 16_384

    /// Connects to the proxy and asks it for `host:port`; the descriptor is the caller's.
    static func open(
        to host: String, port: UInt16, through proxy: ProxyAddress, timeoutMilliseconds: UInt64
    ) throws(PathProblem) -> (descriptor: Int32, proxyAddress: TransportAddress) {
        let deadline = ClientClock.milliseconds + timeoutMilliseconds
        let (descriptor, address) = try connect(proxy, timeoutMilliseconds)
        do throws(PathProblem) {
            let target = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            var request = "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n"
            if let authorization = proxy.authorization { request += "Proxy-Authorization: \(authorization)\r\n" }
            try send(Array((request + "\r\n").utf8), to: descriptor, proxy)
            try judge(try answer(from: descriptor, deadline, proxy), target, proxy)
        } catch {
            close(descriptor)
            throw error
        }
        return (descriptor, address)
    }

    private static func connect(
        _ proxy: ProxyAddress, _ timeout: UInt64
    ) throws(PathProblem) -> (Int32, TransportAddress) {
        do throws(ClientSocketFailure) {
            let addresses = try ClientSocket.addresses(of: proxy.host, port: proxy.port)
            return (try ClientSocket.connect(to: addresses[0], .tcp, timeoutMilliseconds: timeout), addresses[0])
        } catch {
            let what = PathProblem(error, .connecting).text
            throw PathProblem(.proxyUnreachable, "the proxy \(proxy.description) cannot be reached: \(what)")
        }
    }

    private static func send(_ bytes: [UInt8], to descriptor: Int32, _ proxy: ProxyAddress) throws(PathProblem) {
        let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard count == bytes.count else {
            throw PathProblem(.proxyUnreachable, "the proxy \(proxy.description) closed the connection")
        }
    }

    /// The head of the proxy's answer, read byte by byte: what follows belongs to the tunnel.
    private static func answer(
        from descriptor: Int32, _ deadline: UInt64, _ proxy: ProxyAddress
    ) throws(PathProblem) -> String {
        var head: [UInt8] = []
        while !head.ends(with: "\r\n\r\n".utf8) {
            guard head.count < answerLimit, ClientClock.wait(on: [descriptor], until: deadline) else {
                throw PathProblem(.proxyRefused, "the proxy \(proxy.description) does not answer a CONNECT")
            }
            var byte: UInt8 = 0
            guard recv(descriptor, &byte, 1, 0) == 1 else {
                guard errno == EAGAIN else {
                    throw PathProblem(.proxyRefused, "the proxy \(proxy.description) closed the connection")
                }
                continue
            }
            head.append(byte)
        }
        return String(decoding: head, as: UTF8.self)
    }

    private static func judge(_ answer: String, _ target: String, _ proxy: ProxyAddress) throws(PathProblem) {
        let line = answer.prefix { !$0.isNewline }
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/"), let code = Int(words[1]) else {
            throw PathProblem(.proxyRefused, "\(proxy.description) is no HTTP proxy")
        }
        switch code {
        case 200...299: return
        case 401, 407:  // Not every proxy says 407 to a wrong password.
            let schemes = ProxyTunnel.schemes(in: answer)
            guard schemes.isEmpty || schemes.contains(where: { $0.lowercased() == "basic" }) else {
                throw PathProblem(
                    .proxyScheme,
                    "the proxy \(proxy.description) wants a password by \(schemes.joined(separator: " or ")), and "
                        + "Basic is all that is known here")
            }
            throw PathProblem(
                .proxyAuthentication,
                "the proxy \(proxy.description) "
                    + (proxy.authorization == nil
                        ? "wants a user name and a password" : "does not accept this user name and password"))
        default:
            throw PathProblem(
                .proxyRefused,
                "the proxy \(proxy.description) refused to connect to \(target): \(words[1...].joined(separator: " "))")
        }
    }
}

extension ProxyTunnel {
    /// The ways of proving who one is that a proxy accepts [RFC 9110 11.7.1].
    static func schemes(in answer: String) -> [String] {
        var schemes: [String] = []
        for line in answer.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "proxy-authenticate" else { continue }
            // What is quoted may hold commas; what is left between them begins with a scheme, or is NAME=VALUE.
            let plain = parts[1].split(separator: "\"", omittingEmptySubsequences: false).enumerated()
                .filter { $0.offset.isMultiple(of: 2) }.map(\.element).joined()
            for challenge in plain.split(separator: ",") {
                guard let word = challenge.split(separator: " ").first, !word.contains("=") else { continue }
                if !schemes.contains(String(word)) { schemes.append(String(word)) }
            }
        }
        return schemes
    }
}

extension Array where Element == UInt8 {
    fileprivate func ends(with tail: some BidirectionalCollection<UInt8>) -> Bool {
        reversed().starts(with: tail.reversed())
    }
}
