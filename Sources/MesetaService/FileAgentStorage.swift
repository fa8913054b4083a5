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
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count == 4, lines[0] == Self.magic, lines[2] == Self.checksum(lines[1]), lines[3].isEmpty,
      Identifier.problem(with: lines[1]) == nil
    else { throw UnreadableCheckpoint(path: path) }
    return AgentCheckpoint(agentID: AgentID(lines[1]))
  }

  public func write(_ checkpoint: AgentCheckpoint) throws {
    let id = checkpoint.agentID.value
    let text = "\(Self.magic)\n\(id)\n\(Self.checksum(id))\n"
    let temporary = path + ".new"
    try Data(text.utf8).write(to: URL(fileURLWithPath: temporary))
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: temporary))
    try file.synchronize()
    try file.close()
    guard rename(temporary, path) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    let directory = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY)
    guard directory >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    defer { close(directory) }
    guard fsync(directory) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
  }

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

  /// FNV-1a, 64 bits: tells a torn or edited file.
  static func checksum(_ text: String) -> String {
    let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// The file that holds the agent's id is torn, edited, or of a newer version.
public struct UnreadableCheckpoint: Error, CustomStringConvertible {
  public let path: String

  public var description: String {
    "\(path) is not a file that this version wrote; it is left as it is. Move it away to join the cluster as a new "
      + "agent, which loses the old one's tasks"
  }
}
