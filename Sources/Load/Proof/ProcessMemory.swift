import Foundation
import Glibc

/// The memory of another process on this machine, as far as it can write to it.
struct ProcessMemory {
    /// Why it could not be read; one line.
    struct Unreadable: Error, Equatable {
        let reason: String
    }

    /// Bytes that are read at once.
    private static let chunkBytes = 1 << 20
    private static let pageBytes: UInt64 = 4096
    /// Bytes that are read in all: what lies beyond is said not to have been looked at.
    private static let bytesMax: UInt64 = 64 << 30

    let process: Int32

    /// Looks for the needles in all writable mappings. The process runs on meanwhile.
    func look(for needles: Needles) throws(Unreadable) -> NeedleCounts {
        let maps = try ProcessMemory.maps(of: process)
        let descriptor = open("/proc/\(process)/mem", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ProcessMemory.failure(process, errno) }
        defer { close(descriptor) }
        let overlap = Needle.byteCount - 1
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: ProcessMemory.chunkBytes, alignment: 16)
        defer { buffer.deallocate() }

        var counts = NeedleCounts()
        for range in ProcessMemory.writable(maps) {
            var address = range.lowerBound
            while address < range.upperBound {
                let wanted = min(Int(range.upperBound - address), buffer.count)
                let count = pread(descriptor, buffer.baseAddress, wanted, off_t(address))
                // A page of a device, or one that is gone: the next may be there.
                guard count > 0 else {
                    address = (address / ProcessMemory.pageBytes + 1) * ProcessMemory.pageBytes
                    continue
                }
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                counts.secret += needles.secret.count(in: bytes)
                counts.open += needles.open.count(in: bytes)
                counts.seen += UInt64(count)
                address += UInt64(count)
                guard count == wanted, count > overlap, address < range.upperBound else { continue }
                // What begins in one chunk and ends in the next is found in the next.
                address -= UInt64(overlap)
                counts.seen -= UInt64(overlap)
            }
            guard counts.seen < ProcessMemory.bytesMax else {
                throw Unreadable(reason: "process \(process) has more than \(ProcessMemory.bytesMax >> 30) GiB")
            }
        }
        guard counts.seen > 0 else { throw ProcessMemory.failure(process, EACCES) }
        return counts
    }

    /// All of `/proc/PID/maps`: the kernel gives a page of it at a time, and String(contentsOfFile:) takes one for all.
    private static func maps(of process: Int32) throws(Unreadable) -> String {
        guard let file = FileHandle(forReadingAtPath: "/proc/\(process)/maps") else { throw failure(process, errno) }
        guard let bytes = try? file.readToEnd() else { throw failure(process, errno) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The ranges of `/proc/PID/maps` that can be read and written.
    static func writable(_ maps: String) -> [Range<UInt64>] {
        maps.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count >= 2, fields[1].hasPrefix("rw") else { return nil }
            let ends = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            guard ends.count == 2, ends[0] < ends[1], ends[1] <= UInt64(Int64.max) else { return nil }
            return ends[0]..<ends[1]
        }
    }

    private static func failure(_ process: Int32, _ code: Int32) -> Unreadable {
        switch code {
        case ENOENT, ESRCH: Unreadable(reason: "there is no process \(process)")
        case EACCES, EPERM:
            Unreadable(reason: "the memory of process \(process) may not be read: run as root (CAP_SYS_PTRACE)")
        default: Unreadable(reason: "the memory of process \(process): \(String(cString: strerror(code)))")
        }
    }
}
