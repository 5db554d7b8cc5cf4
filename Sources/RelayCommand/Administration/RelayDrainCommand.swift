import ArgumentParser
import Foundation
import RelayServer

/// `tern relay drain`
struct RelayDrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Take no new allocations, so that the relay can be ended without ending a call.")

    @OptionGroup var options: AdministrationOptions

    @Flag(name: .long, help: "Take new allocations again.")
    var off = false

    @Flag(name: .long, help: "Wait until no allocation is left.")
    var wait = false

    func validate() throws {
        guard !(off && wait) else { throw ValidationError("--off leaves nothing to --wait for") }
    }

    func run() throws {
        try options.show(off ? .undrain : .drain, as: ActionDocument.self) { _ in
            off ? "takes new allocations again" : "draining: no new allocations"
        }
        if wait { try waitUntilEmpty() }
    }

    /// Tells how many are left whenever that changes. A relay that ends meanwhile has done what was asked.
    private func waitUntilEmpty() throws {
        let client = options.client()
        var shown: Int?
        while true {
            let left: Int
            do {
                left = try client.call(.status, as: StatusDocument.self).allocations
            } catch AdminClientFailure.connecting {
                if !options.json { Terminal.print("the relay has ended") }
                return
            }
            if left != shown, !options.json { Terminal.print("allocations left: \(Quantity.count(left))") }
            shown = left
            guard left > 0 else { return }
            Thread.sleep(forTimeInterval: 0.5)
        }
    }
}
