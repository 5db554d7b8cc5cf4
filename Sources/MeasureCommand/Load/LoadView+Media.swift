import Foundation
import Load
import RelayCommand

extension LoadView {
    /// What became of media, in rows.
    static func rowsOf(_ media: MediaResult) -> [[String]] {
        var rows = [["media", "\(media.srtpProfile) by \(media.library)"]]
        if let handshake = media.handshake {
            rows.append(["handshakes", "\(media.handshakes), " + text(handshake)])
        }
        rows.append([
            "SRTP",
            "\(media.authenticationFailures) failed authentication, \(media.replayRejections) replays refused, "
                + "\(media.malformed) unreadable",
        ])
        rows.append([
            "streams",
            String(
                format: "loss %.3f %%, burst ratio %.2f, jitter %.3f ms, worst %.3f ms", media.lossPercent,
                media.burstRatio, media.jitterMilliseconds, media.worstJitterMilliseconds),
        ])
        if !media.voice.isEmpty {
            let scores = media.voice.map {
                String(format: "%.2f (worst %.2f) with ", $0.meanOpinionScore, $0.worstMeanOpinionScore) + $0.codec
            }
            rows.append([
                "MOS estimate",
                scores.joined(separator: ", ")
                    + String(format: "; %.0f ms from mouth to ear", media.mouthToEarMilliseconds),
            ])
        }
        return rows
    }

    /// What was proven, a line for each check.
    static func summary(_ proof: ProofResult) -> String {
        let lines = TextColumns.align(proof.checks.map { [$0.verdict.rawValue, $0.name, $0.found] })
        return "proof \(proof.hasPassed ? "passed" : "FAILED")\n" + lines
    }
}
