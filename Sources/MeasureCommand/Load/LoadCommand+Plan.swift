import Credentials
import Foundation
import Load
import RelayCommand
import STUN
import TURNClient

extension LoadCommand {
    /// What the arguments ask for.
    func makePlan() throws -> LoadPlan {
        let targets: [RelayURI]
        do {
            targets = try uris.map { try RelayURI.parse($0) }
        } catch {
            throw CommandFailure("\(error)", exitCode: 2)
        }
        let trust: CertificateTrust = insecureCertificate ? .anything : ca.map { .authorities(path: $0) } ?? .system
        var plan = LoadPlan(uris: targets, credential: try credential(), profile: profile, trust: trust)
        plan.sessions = clientToClient ? (sessions + 1) / 2 * 2 : sessions
        plan.seconds = seconds
        plan.rampPerSecond = ramp
        plan.direction = direction ?? (media.media || (trace != nil && !clientToClient) ? .both : .up)
        plan.media = media.plan
        plan.usesIndications = indications
        plan.isClientToClient = clientToClient
        plan.usesSocketsOnly = socketsOnly
        if let size { plan.payloadBytes = size }
        if let burst { plan.burst = burst }
        if let pace { plan.paceMicroseconds = pace }
        if let trace { try replay(trace, &plan) }
        let units = clientToClient ? plan.sessions / 2 : sessions
        plan.loops = min(loops ?? ProcessInfo.processInfo.activeProcessorCount, units)
        let meanBytes = plan.trace?.meanPayload ?? Double(plan.payloadBytes)
        plan.packetsPerSecond = rate ?? bandwidth.map { $0 * 1e6 / 8 / meanBytes }
        if let peer { plan.remotePeer = try address(peer) }
        if let peerAddress {
            guard let ip = IPAddress(peerAddress) else {
                throw CommandFailure("\(peerAddress) is no address", exitCode: 2)
            }
            plan.peerAddress = ip
        }
        return plan
    }

    private func replay(_ path: String, _ plan: inout LoadPlan) throws {
        do {
            plan.replay(try TrafficTrace(contentsOf: path))
        } catch {
            throw CommandFailure(error.description, exitCode: 2)
        }
        guard plan.ownRate > 0 else {
            throw CommandFailure("\(path) has no packet that goes \(plan.direction.rawValue)", exitCode: 2)
        }
    }

    private func credential() throws -> LoadPlan.Credential {
        if let secretFile {
            guard let text = try? String(contentsOfFile: secretFile, encoding: .utf8) else {
                throw CommandFailure("\(secretFile) cannot be read", exitCode: 2)
            }
            let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
            return .secret(SharedSecret(text: secret, label: secretFile))
        }
        return .user(
            name: user ?? "", password: password ?? ProcessInfo.processInfo.environment["TERN_PASSWORD"] ?? "")
    }

    /// An address with a port.
    func address(_ text: String) throws -> TransportAddress {
        guard let address = TransportAddress(text) else {
            throw CommandFailure("\(text) is no address with a port: write 192.0.2.1:4000", exitCode: 2)
        }
        return address
    }
}
