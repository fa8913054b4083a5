import Glibc

/// A file that one process at a time holds; the kernel lets go of it when the process ends, however it does.
package final class FileLock: Sendable {
  private let descriptor: Int32

  /// Nil if somebody else holds it, or the file cannot be made.
  package init?(_ path: String) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      return nil
    }
  }

  deinit { close(descriptor) }
}
