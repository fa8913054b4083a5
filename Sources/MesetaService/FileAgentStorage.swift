import Foundation
public import MesetaAgent
import MesetaContainers
public import MesetaHost
import MesetaModel
public import MesetaProtocol

/// The files of an agent: what it must remember, and the sandboxes.
public struct FileAgentStorage: AgentStorage {
  private static let magic = "meseta-agent-id 1"

  private let path: String

  /// - Parameter workDirectory: the agent's; made if it is not there.
  public init(workDirectory: String) throws {
    let directory = workDirectory + "/meta"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    self.path = directory + "/agent-id"
  }

  /// What an earlier life of the agent wrote down; nil if there was none.
  ///
  /// - Throws: ``UnreadableCheckpoint`` if there is a file that this version cannot read. It is left untouched.
  public func read() throws -> AgentCheckpoint? {
    guard let lines = try DurableFile.lines(of: path) else { return nil }
    guard lines.count == 4, lines[0] == Self.magic, lines[2] == DurableFile.checksum(lines[1]),
      lines[3].isEmpty,
      Identifier.problem(with: lines[1]) == nil
    else { throw UnreadableCheckpoint(path: path) }
    return AgentCheckpoint(agentID: AgentID(lines[1]))
  }

  /// Replaces what was written before, and returns when that is durable.
  public func write(_ checkpoint: AgentCheckpoint) throws {
    let id = checkpoint.agentID.value
    try DurableFile.write("\(Self.magic)\n\(id)\n\(DurableFile.checksum(id))\n", to: path)
  }

  /// Lists a directory below a sandbox.
  public func list(_ path: String, below root: String) throws(CallError) -> [FileInfo] {
    do {
      return try SandboxFiles(root: root).list(path).map { file in
        FileInfo(
          path: file.path, linkCount: Int32(clamping: file.linkCount), size: file.size,
          modificationTime: file.modified, mode: file.mode, user: file.owner, group: file.group)
      }
    } catch {
      throw CallError(.notFound, "\(error)")
    }
  }

  /// Reads a part of a file below a sandbox.
  public func read(
    _ path: String, offset: UInt64, length: UInt64?, below root: String
  ) throws(CallError) -> (size: UInt64, data: [UInt8]) {
    do {
      let (size, data) = try SandboxFiles(root: root).read(path, offset: offset, length: length)
      return (size, data)
    } catch {
      throw CallError(.notFound, "\(error)")
    }
  }
}

/// The file that holds the agent's id is torn, edited, or of a newer version.
public struct UnreadableCheckpoint: Error, CustomStringConvertible {
  /// The file.
  public let path: String

  /// What is wrong, and what to do.
  public var description: String {
    "\(path) is not a file that this version wrote; it is left as it is. Move it away to join the cluster as a new "
      + "agent, which loses the old one's tasks"
  }
}
