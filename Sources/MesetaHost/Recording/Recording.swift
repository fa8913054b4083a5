// Where the inputs of a machine are written down, and how much of them is kept.

import Glibc

/// Has a host write down what its machine is told, so that the run can be replayed (`meseta replay`).
///
/// The files of a machine are segments, each of which begins with the machine's state and can be replayed without those before
/// it. The oldest are removed. One directory belongs to one machine.
public struct Recording: Sendable {
  /// The directory; it is there.
  let directory: String
  /// How many bytes all its segments may have together.
  let limit: Int

  /// How much is kept unless something else is said: 1 GB.
  public static let defaultLimit = 1_000_000_000
  /// With less, states would be written down all the time.
  public static let smallestLimit = 1_000_000

  /// - Parameters:
  ///   - directory: is made if it is not there.
  ///   - limit: how many bytes are kept; at least ``smallestLimit``.
  /// - Throws: what keeps the directory from being used.
  public init(directory: String, limit: Int = Self.defaultLimit) throws(RecordingFailure) {
    self.directory = directory
    self.limit = max(limit, Self.smallestLimit)
    if mkdir(directory, 0o700) != 0, errno != EEXIST { throw RecordingFailure("make", directory) }
    guard access(directory, W_OK | X_OK) == 0 else { throw RecordingFailure("write to", directory) }
  }
}

/// What keeps a recording from being written.
public struct RecordingFailure: Error, CustomStringConvertible {
  /// What could not be done, with what, and why.
  public let description: String

  init(_ description: String) { self.description = description }

  /// Says why by the number of the error that has just happened.
  init(_ action: String, _ path: String) {
    description = "cannot \(action) \(path): \(String(cString: strerror(errno)))"
  }
}
