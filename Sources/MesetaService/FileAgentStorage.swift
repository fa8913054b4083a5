import Foundation
public import MesetaAgent
import MesetaContainers
public import MesetaHost
import MesetaModel
public import MesetaProtocol

/// The files of an agent: what it must remember, and the sandboxes.
public struct FileAgentStorage: AgentStorage {
  private let path: String
  private let volumes: VolumeDirectories

  /// - Parameter workDirectory: the agent's; made if it is not there.
  public init(workDirectory: String) throws {
    let directory = workDirectory + "/meta"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    self.path = directory + "/checkpoint"
    self.volumes = VolumeDirectories(layout: VolumeLayout(workDirectory: workDirectory))
  }

  /// What an earlier life of the agent wrote down; nil if there was none.
  ///
  /// - Throws: ``UnreadableCheckpoint`` if there is a file that this version cannot read. It is left untouched.
  public func read() throws -> AgentCheckpoint? {
    guard let bytes = try DurableFile.bytes(of: path) else { return nil }
    do throws(CheckpointProblem) {
      return try AgentCheckpoint(fileBytes: bytes)
    } catch {
      throw UnreadableCheckpoint(path: path, reason: error.description)
    }
  }

  /// Replaces what was written before, and returns when that is durable and the volumes are there.
  public func write(_ checkpoint: AgentCheckpoint) throws {
    try DurableFile.write(checkpoint.fileBytes, to: path)
    try volumes.remove(checkpoint.removedVolumes.persistentVolumes)
    try volumes.make(checkpoint.resources.persistentVolumes)
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

/// The file that holds what the agent has to know is torn, edited, or of a newer version.
public struct UnreadableCheckpoint: Error, CustomStringConvertible {
  /// The file.
  public let path: String
  /// What is wrong with it, as a clause.
  public let reason: String

  /// What is wrong, and what to do.
  public var description: String {
    "\(path) cannot be read: \(reason). It is left as it is; move it away to join the cluster as a new agent, which "
      + "loses the old one's tasks"
  }
}
