import MediaPath

/// Says what the findings prove. Pure: what was seen goes in, verdicts and sentences come out.
struct ProofJudge {
    /// What a look from outside came to.
    enum Look: Sendable, Equatable {
        /// It was not asked for.
        case notAsked
        /// It was, and could not be done.
        case impossible(String)
        /// How much was seen, and what in it. `where` names the place, `missed` what was not seen of it.
        case done(NeedleCounts, place: String, missed: UInt64)
    }

    /// Sessions that a sentence names; the rest is counted.
    private static let namedMax = 3

    let outcomes: [MediaOutcome]
    let memory: Look
    let capture: Look

    /// All verdicts.
    var result: ProofResult {
        ProofResult(checks: [
            fingerprints, delivery, authentication, replay, separation, wire,
            look(memory, "memory", flag: "--prove-process PID") { "\($0 >> 20) MiB" },
            look(capture, "capture", flag: "--prove-interface NAME") { "\($0) frames" }, selfCheck,
        ])
    }

    // MARK: - What the ends saw

    private var fingerprints: ProofResult.Check {
        let ends = outcomes.reduce(0) { $0 + $1.verifiedEnds }
        let wrong = outcomes.compactMap { outcome in
            outcome.failure.map { describe($0, of: outcome) }
        }
        guard wrong.isEmpty, ends == 2 * outcomes.count, ends > 0 else {
            let missing = wrong.isEmpty ? ["\(2 * outcomes.count - ends) ends saw no certificate"] : wrong
            return check("fingerprints", .failed, listed(missing))
        }
        return check("fingerprints", .passed, "all \(ends) ends saw the certificate that was signalled to them")
    }

    private func describe(_ failure: MediaOutcome.Failure, of outcome: MediaOutcome) -> String {
        let place = "session \(outcome.number): the \(failure.end == .client ? "client" : "peer")"
        guard case .fingerprint(let signalled, let seen?) = failure.reason else { return "\(place) \(failure.reason)" }
        let owner = outcomes.first { $0.fingerprints.contains(seen) }.map { " (session \($0.number)'s)" } ?? ""
        return "\(place) got the certificate \(seen.short)\(owner) and was promised \(signalled.short): somebody is in"
            + " the middle"
    }

    private var delivery: ProofResult.Check {
        let silent = outcomes.flatMap { outcome -> [String] in
            zip(MediaOutcome.End.allCases, outcome.streams).compactMap { end, stream -> String? in
                stream.sent > 0 && stream.received == 0 ? "session \(outcome.number) (\(end.direction))" : nil
            }
        }
        let received = outcomes.flatMap(\.streams).reduce(0) { $0 + $1.received }
        guard received > 0 else { return check("delivery", .failed, "no packet of media arrived") }
        guard silent.isEmpty else { return check("delivery", .failed, "nothing arrived in \(listed(silent))") }
        return check("delivery", .passed, "\(received) packets arrived, and opened, in every session and direction")
    }

    private var authentication: ProofResult.Check {
        let total = sum(\.authenticationFailures)
        guard total > 0 else { return check("authentication", .passed, "no packet failed authentication") }
        let altered = describe { stream, place in
            let count = stream.authenticationFailures - stream.swapped.values.reduce(0, +)
            return count == 0 ? nil : "\(count) packets of \(place) failed authentication: altered on the way"
        }
        return check(
            "authentication", .failed,
            altered.isEmpty ? "\(total) packets failed authentication: they came from other sessions" : listed(altered))
    }

    private var replay: ProofResult.Check {
        guard sum(\.replays) > 0 else { return check("replay", .passed, "no packet came again") }
        return check(
            "replay", .failed,
            listed(
                describe { stream, place in
                    stream.replays == 0
                        ? nil : "\(stream.replays) packets of \(place) came again and were refused: replayed on the way"
                }))
    }

    private var separation: ProofResult.Check {
        let swapped = describe { stream, place in
            guard let most = stream.swapped.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else { return nil }
            return "\(most.value) packets of session \(most.key) came to \(place) and were refused: swapped on the way"
        }
        let foreign = describe { stream, place in
            stream.foreign == 0 ? nil : "\(stream.foreign) packets of another session were ACCEPTED by \(place)"
        }
        guard swapped.isEmpty, foreign.isEmpty else {
            return check("sessions", .failed, listed(foreign + swapped))
        }
        return check("sessions", .passed, "no packet came to another session than its own")
    }

    private var wire: ProofResult.Check {
        let counts = wireCounts
        guard counts.secret == 0 else {
            return check("wire", .failed, "\(counts.secret) of \(counts.seen) datagrams held planted plaintext")
        }
        return check(
            "wire", counts.seen > 0 ? .passed : .failed,
            "no planted plaintext in \(counts.seen) datagrams at the client's and the peer's side")
    }

    // MARK: - What was seen from outside

    private func look(
        _ look: Look, _ name: String, flag: String, amount: (UInt64) -> String
    ) -> ProofResult.Check {
        switch look {
        case .notAsked: return check(name, .skipped, "not looked at: give \(flag)")
        case .impossible(let reason): return check(name, .failed, "not looked at: \(reason)")
        case .done(let counts, let place, let missed):
            let missing = missed == 0 ? "" : " (\(missed) more were not seen)"
            guard counts.secret == 0 else {
                return check(name, .failed, "planted plaintext in \(counts.secret) places in \(place)\(missing)")
            }
            return check(name, .passed, "no planted plaintext in \(amount(counts.seen)) of \(place)\(missing)")
        }
    }

    /// The same scans, with the same code, must find what was sent in clear on purpose: else they prove nothing.
    private var selfCheck: ProofResult.Check {
        var found: [String] = []
        var blind: [String] = []
        func take(_ counts: NeedleCounts, _ what: String, _ hint: String) {
            if counts.open > 0 { found.append("\(counts.open) \(what)") } else { blind.append(hint) }
        }
        take(wireCounts, "datagrams", "no datagram")
        if outcomes.reduce(0, { $0 + $1.openArrivals }) == 0 { blind.append("nothing that arrived") }
        if case .done(let counts, let place, _) = memory {
            take(counts, "places in memory", "\(place): is it the server's, and not the kernel that forwards?")
        }
        if case .done(let counts, let place, _) = capture {
            take(counts, "frames", "\(place): does the server's traffic cross it?")
        }
        guard blind.isEmpty else {
            return check(
                "self-check", .failed,
                "what was sent in clear on purpose was not found in \(blind.joined(separator: ", nor in "))")
        }
        return check(
            "self-check", .passed,
            "what was sent in clear on purpose was found, by the same scans, in \(found.joined(separator: ", "))")
    }

    // MARK: - Words

    private var wireCounts: NeedleCounts { outcomes.reduce(NeedleCounts()) { $0 + $1.wire } }

    private func sum(_ field: KeyPath<MediaStream, UInt64>) -> UInt64 {
        outcomes.flatMap(\.streams).reduce(0) { $0 + $1[keyPath: field] }
    }

    /// A sentence for each stream that has something to tell.
    private func describe(_ sentence: (MediaStream, _ place: String) -> String?) -> [String] {
        outcomes.flatMap { outcome in
            zip(MediaOutcome.End.allCases, outcome.streams).compactMap { end, stream in
                sentence(stream, "session \(outcome.number) (\(end.direction))")
            }
        }
    }

    private func listed(_ sentences: [String]) -> String {
        let more = sentences.count - ProofJudge.namedMax
        return sentences.prefix(ProofJudge.namedMax).joined(separator: "; ") + (more > 0 ? "; and \(more) more" : "")
    }

    private func check(_ name: String, _ verdict: ProofResult.Verdict, _ found: String) -> ProofResult.Check {
        ProofResult.Check(name: name, verdict: verdict, found: found)
    }
}
