import Foundation
public import MesetaFramework
import MesetaModel
import MesetaProtocol

/// A file that keeps what a framework must not forget between two incarnations: its id, with which the next one takes the
/// tasks over, and the scheduler's own state.
///
/// ```swift
/// let file = FrameworkRecordFile(path: "/var/lib/batch/framework")
/// let service = FrameworkService(
///   Batch(), framework: info, master: master, record: try file.read(), tearsDown: false, logger: logger,
///   persist: file.write)
/// ```
public struct FrameworkRecordFile: Sendable {
  private static let magic = "meseta-framework 1"

  /// Where it is.
  public let path: String

  /// - Parameter path: an absolute path in a directory that is there.
  public init(path: String) { self.path = path }

  /// What an earlier incarnation wrote down; nil if there was none.
  ///
  /// - Throws: ``UnreadableRecord`` if there is a file that this version cannot read. It is left untouched.
  public func read() throws -> FrameworkRecord? {
    guard let lines = try DurableFile.lines(of: path) else { return nil }
    guard lines.count == 5, lines[0] == Self.magic, lines[3] == DurableFile.checksum(lines[1] + lines[2]),
      lines[4].isEmpty, Identifier.problem(with: lines[1]) == nil || lines[1].isEmpty,
      let state = Data(base64Encoded: lines[2])
    else { throw UnreadableRecord(path: path) }
    return FrameworkRecord(
      frameworkID: lines[1].isEmpty ? nil : FrameworkID(lines[1]), state: Array(state))
  }

  /// Replaces the record, and returns when that is durable.
  public func write(_ record: FrameworkRecord) throws {
    let id = record.frameworkID?.value ?? ""
    let state = Data(record.state).base64EncodedString()
    let text = "\(Self.magic)\n\(id)\n\(state)\n\(DurableFile.checksum(id + state))\n"
    try DurableFile.write(text.utf8, to: path)
  }
}

/// The file that holds a framework's record is torn, edited, or of a newer version.
public struct UnreadableRecord: Error, Hashable, CustomStringConvertible {
  /// Where it is.
  public let path: String

  /// What is wrong, and what to do.
  public var description: String {
    "\(path) is not a file that this version wrote; it is left as it is. Move it away to subscribe as a new framework, "
      + "which leaves the old one's tasks to its failover time-out"
  }
}
