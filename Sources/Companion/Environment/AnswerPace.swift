/// When a stranger is answered: a whole number of steps after asking, however long the work took.
///
/// Writing a mail for an account that exists takes longer than finding that there is none. Who measures answers would
/// learn which addresses have accounts; all that is left to measure is how many steps it took, and that is one unless
/// the server is overloaded [OWASP ASVS 5.0 6.3.8].
struct AnswerPace: Sendable {
    private let start = ContinuousClock.now
    private let step: Duration

    /// Starts when the question came. Without milliseconds answers leave at once.
    init(milliseconds: Int) { step = .milliseconds(milliseconds) }

    /// Returns when the answer may leave.
    func wait() async {
        guard step > .zero else { return }
        let steps = Int(((ContinuousClock.now - start) / step).rounded(.up))
        try? await Task.sleep(until: start + step * max(steps, 1), tolerance: .zero, clock: .continuous)
    }
}

extension CompanionCore {
    /// The pace of an answer to a stranger who asks now.
    var answerPace: AnswerPace { AnswerPace(milliseconds: settings.accounts.answerMilliseconds) }
}
