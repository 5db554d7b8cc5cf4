public import ArgumentParser
import Load
public import MediaPath

/// What `tern load` is asked about real media.
struct MediaOptions: ParsableArguments {
    @Flag(help: "Real media: each session is a DTLS 1.2 handshake, then SRTP in both directions.")
    var media = false

    @Option(help: ArgumentHelp("aes-gcm or aes-cm.", valueName: "profile"))
    var srtpProfile: SRTPProfile?

    @Flag(
        help: ArgumentHelp(
            "With --media: prove that nobody on the way reads, alters, repeats or swaps packets; fails if one does."
        ))
    var prove = false

    @Option(
        help: ArgumentHelp(
            "With --prove: look for plaintext in the memory of the server's process, when it runs here.",
            valueName: "pid"))
    var proveProcess: Int32?

    @Option(
        help: ArgumentHelp(
            "With --prove: look for plaintext in all that crosses this interface.", valueName: "name"))
    var proveInterface: String?

    /// What is to be carried out; nil without media.
    var plan: MediaPlan? {
        guard media else { return nil }
        let proof = prove ? ProofPlan(process: proveProcess, interface: proveInterface) : nil
        return MediaPlan(profile: srtpProfile ?? .aesGCM, proof: proof)
    }

    /// Refuses options that have no meaning by themselves.
    func validate() throws {
        guard media || (!prove && srtpProfile == nil) else {
            throw ValidationError("--prove and --srtp-profile go with --media")
        }
        guard prove || (proveProcess == nil && proveInterface == nil) else {
            throw ValidationError("--prove-process and --prove-interface go with --prove")
        }
        if let proveProcess, proveProcess < 1 { throw ValidationError("--prove-process must be a process's number") }
    }

    /// Refuses what media cannot be combined with.
    func check(_ load: LoadCommand) throws {
        guard load.profile == .voice || load.profile == .video else {
            throw ValidationError("--media goes with the profiles voice and video")
        }
        guard load.direction == nil || load.direction == .both else {
            throw ValidationError("--media always flows in both directions")
        }
        guard !load.indications, load.peer == nil, load.peerAddress == nil, !load.findCapacity else {
            throw ValidationError(
                "--media goes without --indications, --peer, --peer-address and --find-capacity")
        }
        guard load.pace == nil else {
            throw ValidationError("--media sends each packet when it is due: leave out --pace")
        }
        let minimum = prove ? LoadPlan.payloadMinimumToProve : LoadPlan.payloadMinimum
        if let size = load.size, !(minimum...LoadPlan.mediaPayloadMaximum ~= size) {
            throw ValidationError(
                "--size must be from \(minimum) to \(LoadPlan.mediaPayloadMaximum) with --media"
                    + (prove ? " --prove" : "")
            )
        }
    }
}

extension SRTPProfile: ExpressibleByArgument {}
