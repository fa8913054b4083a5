import Glibc

/// A file that one process at a time holds; the kernel lets go of it when the process ends, however it does.
package final class FileLock: Sendable {
  private let descriptor: Int32

  /// Nil if somebody else holds it, or the file cannot be made.
  package init?(_ path: String) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
    // A process that is being started has a copy of each descriptor for a moment, also of one that was let go of: waits a little.
    for _ in 0..<25 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
      usleep(20_000)
    }
    return nil  // What is set up by now is taken down: `deinit` closes the file.
  }

  deinit { close(descriptor) }
}
