// Failed system calls as errors that say what was tried.

import Glibc

/// A system call that failed.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The error's number, as in `errno`.
  public var code: Int32
  /// What was tried, with the value: `create the directory "/x"`.
  public var action: String

  /// - Parameter code: `errno` unless given, so construct it right after the call.
  init(_ action: String, code: Int32 = errno) {
    self.code = code
    self.action = action
  }

  public var description: String { "cannot \(action): \(String(cString: strerror(code)))" }
}

/// A file descriptor that is closed with its last reference.
final class Descriptor: Sendable {
  let number: Int32

  /// Takes over the result of a system call, or throws what it failed with.
  init(_ number: Int32, _ action: @autoclosure () -> String) throws(SystemError) {
    let code = errno
    guard number >= 0 else { throw SystemError(action(), code: code) }
    self.number = number
  }

  deinit { close(number) }
}
