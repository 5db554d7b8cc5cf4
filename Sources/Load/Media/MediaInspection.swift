import Foundation
import Integrity
import MediaPath

/// What is set up around a run of media, and looked at beside it.
final class MediaInspection {
    let setting: MediaSetting
    let board: MediaBoard
    private let library: String
    private let profile: TrafficProfile
    private var capture: TrafficCapture?
    private var captureRefusal: String?
    private var memory = ProofJudge.Look.notAsked

    /// Fails when media cannot be protected here.
    init(_ media: MediaPlan, _ plan: LoadPlan) throws(LoadFailure) {
        do throws(SRTPLibrary.Missing) {
            library = try SRTPLibrary.open(for: media.profile)
        } catch {
            throw LoadFailure(error.description)
        }
        var random = SecureRandom()
        profile = plan.profile
        board = MediaBoard(workers: plan.loops)
        setting = MediaSetting(
            media: media, firstSource: UInt32(truncatingIfNeeded: random.next()), sessions: plan.sessions)
        startCapture()
    }

    /// What a worker's thread knows.
    var proof: ProofPlan? { setting.media.proof }

    private func startCapture() {
        guard let interface = proof?.interface else { return }
        do throws(TrafficCapture.Refused) {
            capture = try TrafficCapture(interface: interface, setting.needles)
        } catch {
            captureRefusal = error.reason
        }
    }

    /// Looks through the server's memory, now. What was found before is kept.
    func lookAtMemory() {
        guard let process = proof?.process else { return }
        do throws(ProcessMemory.Unreadable) {
            var counts = try ProcessMemory(process: process).look(for: setting.needles)
            if case .done(let before, _, _) = memory { counts.secret += before.secret }
            memory = .done(counts, place: "process \(process)", missed: 0)
        } catch {
            memory = .impossible(error.reason)
        }
    }

    /// What media came to.
    var result: MediaResult {
        var result = MediaResult(profile: setting.media.profile, library: library)
        result.take(board.outcomes, handshakes: board.handshakes, isVoice: profile == .voice)
        return result
    }

    /// What is proven. The capture ends.
    func judge() -> ProofResult {
        var look = ProofJudge.Look.notAsked
        if let interface = proof?.interface {
            look = captureRefusal.map { .impossible($0) } ?? .notAsked
            if let (counts, dropped) = capture?.end() { look = .done(counts, place: interface, missed: dropped) }
        }
        capture = nil
        return ProofJudge(outcomes: board.outcomes, memory: memory, capture: look).result
    }
}
