internal import BasicContainers
internal import STUN
internal import Synchronization

/// A port that waits for its RESERVATION-TOKEN.
struct Reservation: Equatable {
    /// Index of the relay address.
    var address: UInt8
    var port: UInt16
    var expiry: Instant

    init(address: UInt8, port: UInt16, expiry: Instant) {
        self.address = address
        self.port = port
        self.expiry = expiry
    }

    // Seconds suffice for 30 of them, and make the word fit; 0 stands for no reservation. Rounded up, so that a token
    // never lives shorter than it should.
    init(word: UInt64) {
        address = UInt8(truncatingIfNeeded: word >> 56)
        port = UInt16(truncatingIfNeeded: word >> 40)
        expiry = Instant(milliseconds: (word & 0xFF_FFFF_FFFF) * 10)
    }

    var word: UInt64 {
        UInt64(address) << 56 | UInt64(port) << 40 | ((expiry.milliseconds + 9) / 10 & 0xFF_FFFF_FFFF)
    }
}

/// Reservations of all loops: a token redeems on any of them, wherever its client's packets arrive.
final class ReservationTable: Sendable {
    /// Reservations that can wait at one time.
    static var capacity: Int { 1024 }

    // A slot is free when its reservation word is 0, and being written while the word is `.max`.
    private let words: RigidArray<Atomic<UInt64>>
    private let tokens: RigidArray<Atomic<UInt64>>
    private let users: RigidArray<Atomic<UInt64>>
    private let waiting = Atomic<Int>(0)

    init() {
        var words = RigidArray<Atomic<UInt64>>(capacity: Self.capacity)
        var tokens = RigidArray<Atomic<UInt64>>(capacity: Self.capacity)
        var users = RigidArray<Atomic<UInt64>>(capacity: Self.capacity)
        for _ in 0..<Self.capacity {
            words.append(Atomic(0))
            tokens.append(Atomic(0))
            users.append(Atomic(0))
        }
        self.words = words
        self.tokens = tokens
        self.users = users
    }

    /// Reservations that wait.
    var count: Int { waiting.load(ordering: .relaxed) }

    /// Keeps a reservation; false when the table is full.
    func insert(_ token: UInt64, _ reservation: Reservation, _ user: UInt64) -> Bool {
        for index in 0..<Self.capacity {
            guard words[index].compareExchange(expected: 0, desired: .max, ordering: .acquiring).exchanged else {
                continue
            }
            tokens[index].store(token, ordering: .relaxed)
            users[index].store(user, ordering: .relaxed)
            words[index].store(reservation.word, ordering: .releasing)
            waiting.add(1, ordering: .relaxed)
            return true
        }
        return false
    }

    /// Takes out the reservation of this token, made by this user, unless it has expired.
    func take(_ token: UInt64, _ user: UInt64, _ now: Instant) -> Reservation? {
        guard waiting.load(ordering: .relaxed) > 0 else { return nil }
        for index in 0..<Self.capacity {
            let word = words[index].load(ordering: .acquiring)
            guard word != 0, word != .max, tokens[index].load(ordering: .relaxed) == token,
                users[index].load(ordering: .relaxed) == user
            else { continue }
            let reservation = Reservation(word: word)
            guard reservation.expiry > now, remove(index, word) else { return nil }
            return reservation
        }
        return nil
    }

    /// Takes out one reservation that has expired.
    func takeExpired(_ now: Instant) -> Reservation? {
        guard waiting.load(ordering: .relaxed) > 0 else { return nil }
        for index in 0..<Self.capacity {
            let word = words[index].load(ordering: .acquiring)
            guard word != 0, word != .max else { continue }
            let reservation = Reservation(word: word)
            if reservation.expiry <= now, remove(index, word) { return reservation }
        }
        return nil
    }

    private func remove(_ index: Int, _ word: UInt64) -> Bool {
        guard words[index].compareExchange(expected: word, desired: 0, ordering: .acquiringAndReleasing).exchanged
        else { return false }
        waiting.subtract(1, ordering: .relaxed)
        return true
    }
}
