import RelayCommand

/// The relay alone, for hosts that run nothing else.
@main
enum TernRelay {
    static func main() async {
        await CommandLineTool.run(RelayAloneCommand.self)
    }
}
