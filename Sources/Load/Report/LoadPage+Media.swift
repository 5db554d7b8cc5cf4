extension LoadPage {
    /// What became of media, and what was proven.
    static func media(_ result: LoadResult) -> String {
        var text = ""
        if let proof = result.proof { text += section(proof) }
        guard let media = result.media else { return text }
        var rows = [("SRTP profile", media.srtpProfile), ("Library", media.library)]
        rows.append(("Handshakes", "\(media.handshakes)"))
        if let handshake = media.handshake {
            rows.append(
                ("Handshake p50, p99", "\(number(handshake.p50 / 1e3)) ms, \(number(handshake.p99 / 1e3)) ms"))
        }
        rows += [
            ("Failed authentication", "\(media.authenticationFailures)"),
            ("Replays refused", "\(media.replayRejections)"), ("Unreadable", "\(media.malformed)"),
            ("Loss", "\(number(media.lossPercent)) %, burst ratio \(number(media.burstRatio))"),
            (
                "Jitter (RFC 3550)",
                "\(number(media.jitterMilliseconds)) ms, worst stream \(number(media.worstJitterMilliseconds)) ms"
            ),
            (
                "Delay",
                "\(number(media.delayMilliseconds)) ms on the way, \(number(media.mouthToEarMilliseconds)) ms from"
                    + " mouth to ear"
            ),
        ]
        for voice in media.voice {
            rows.append(
                (
                    "MOS estimate (G.107), \(voice.codec)",
                    "\(number(voice.meanOpinionScore)), R \(number(voice.rating)), worst stream "
                        + "\(number(voice.worstMeanOpinionScore))"
                ))
        }
        text += "<section><h2>Media</h2><table class=\"words\">\n"
        for (name, value) in rows { text += "<tr><th>\(escaped(name))</th><td>\(escaped(value))</td></tr>\n" }
        return text + "</table></section>\n"
    }

    private static func section(_ proof: ProofResult) -> String {
        let kind = proof.hasPassed ? "better" : "worse"
        let title =
            proof.hasPassed
            ? "Proof passed: nobody on the way could read or change the media."
            : "Proof FAILED: \(proof.failure ?? "")"
        var text = "<p class=\"verdict \(kind)\">\(escaped(title))</p>\n<section><h2>Proof</h2>"
        text += "<table class=\"words\">\n"
        for check in proof.checks {
            text +=
                "<tr class=\"\(check.verdict.rawValue)\"><th>\(escaped(check.name))</th>"
                + "<td>\(check.verdict.rawValue)</td><td>\(escaped(check.found))</td></tr>\n"
        }
        return text + "</table></section>\n"
    }
}
