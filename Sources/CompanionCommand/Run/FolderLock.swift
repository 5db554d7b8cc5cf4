import Glibc
import RelayCommand

/// The only one of its kind that works on a folder, for as long as this object lives or the process does: two
/// companions on one folder, or a change of keys under a companion that serves, would undo each other's work.
final class FolderLock: Sendable {
    private let descriptor: CInt

    init(folder: String) throws {
        let path = folder + "/lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure(
                "cannot write in the folder \(folder): \(String(cString: strerror(errno)).lowercased()); give it to "
                    + "the user that runs this, or choose another one with --companion-folder FOLDER")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw CommandFailure("another companion works on the folder \(folder); stop it first")
        }
    }

    deinit { close(descriptor) }
}
