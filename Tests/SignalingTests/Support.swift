/// A session description as browsers write them, to be changed line by line.
struct SampleDescription {
    var session: [String] = []
    var media: [[String]]

    /// A description whose certificate has the fingerprint `hash(certificate)`.
    init(certificate: Int = 1) {
        media = ["m=audio 9 UDP/TLS/RTP/SAVPF 111 63", "m=video 9 UDP/TLS/RTP/SAVPF 96"].enumerated().map {
            [
                $1, "c=IN IP4 0.0.0.0", "a=ice-ufrag:yJ5t", "a=ice-pwd:aMsEYDdSNTYDqMkZSIyVYpBQ",
                "a=ice-options:trickle", "a=fingerprint:sha-256 " + Self.hash(certificate), "a=setup:actpass",
                "a=mid:\($0)", "a=sendrecv", "a=rtcp-mux", "a=candidate:1 1 udp 2122260223 192.0.2.1 54321 typ host",
            ]
        }
    }

    var text: String {
        let head = ["v=0", "o=- 4611731400430051336 2 IN IP4 127.0.0.1", "s=-", "t=0 0"]
        return (head + session + media.joined()).map { $0 + "\r\n" }.joined()
    }

    /// A hash in hexadecimal digits with colons, of its number.
    static func hash(_ number: Int, bytes: Int = 32) -> String {
        let digits = Array("0123456789ABCDEF")
        var random = SplitMix(seed: UInt64(number))
        return (0..<bytes).map { _ in
            let byte = Int(random.next() & 0xff)
            return String([digits[byte >> 4], digits[byte & 15]])
        }.joined(separator: ":")
    }
}

/// A generator of random numbers that a seed repeats.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
}
