import RelayCommand

/// The relay alone, for hosts that run nothing else.
@main
enum TernRelay {
    @MainActor static func main() async {
        // Before there is a second thread.
        CommandLineTool.reserveRights()
        await CommandLineTool.run(RelayAloneCommand.self)
    }
}
