import Foundation
import MesetaStorage

/// Another agent runs with the same work directory.
public struct WorkDirectoryInUse: Error, CustomStringConvertible {
  let directory: String

  /// What is wrong, and what to do.
  public var description: String {
    "another agent uses \(directory): stop it, or name another work directory"
  }
}

extension FileLock {
  /// Takes the work directory of an agent, which is made if it is not there.
  ///
  /// - Throws: ``WorkDirectoryInUse``, and what keeps the directory from being made.
  static func ofAgent(workDirectory: String) throws -> FileLock {
    let directory = workDirectory + "/meta"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    guard let lock = FileLock(directory + "/agent.lock") else {
      throw WorkDirectoryInUse(directory: workDirectory)
    }
    return lock
  }
}
