// Where the inputs of a machine are written down, and how much of them is kept.

import Glibc

/// Has a host write down what its machine is told, so that the run can be replayed (`meseta replay`).
///
/// The files of a machine are segments, each of which begins with the machine's state and can be replayed without those before
/// it. The oldest are removed. One directory belongs to one machine.
public struct Recording: Sendable {
  /// Where the segments are.
  public var directory: String
  /// How many bytes they may have together, about; at least ``smallestLimit`` is kept.
  public var limit: Int

  /// How much is kept unless something else is said: 1 GiB.
  public static let defaultLimit = 1 << 30
  /// With less, states would be written down all the time.
  public static let smallestLimit = 1 << 20

  /// A recording in a directory.
  public init(directory: String, limit: Int = Self.defaultLimit) {
    self.directory = directory
    self.limit = max(limit, Self.smallestLimit)
  }

  /// Makes the directory if it is not there.
  ///
  /// - Throws: what keeps it from being used.
  public func prepare() throws(RecordingFailure) {
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
