import Dispatch
import Foundation
public import MesetaAgent
import MesetaContainers
public import MesetaHost
import MesetaModel
public import MesetaProtocol
import MesetaStorage

/// The files of an agent: what it must remember, and the sandboxes.
public struct FileAgentStorage: AgentStorage {
  private let store: AgentStore
  private let volumes: VolumeDirectories
  private let sandboxes: SandboxDirectories
  /// For what takes long, one after the other: how full the disk is gets measured after what is being removed has gone.
  private let sweeper = DispatchQueue(label: "sandboxes")

  /// - Parameter workDirectory: the agent's; made if it is not there.
  /// - Throws: `UnreadableCheckpoint` if there is a database that this version cannot read. It is left untouched.
  public init(workDirectory: String) throws {
    let directory = workDirectory + "/meta"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    self.store = try AgentStore(path: directory + "/agent.sqlite")
    self.sandboxes = SandboxDirectories(workDirectory: workDirectory)
    self.volumes = VolumeDirectories(layout: VolumeLayout(workDirectory: workDirectory))
  }

  /// What earlier lives of the agent wrote down.
  ///
  /// - Parameter isStrict: Whether a record that cannot be read is refused with all others, rather than passed over.
  /// - Throws: `UnreadableCheckpoint`.
  func read(isStrict: Bool = false) throws -> AgentStore.Contents { try store.read(isStrict: isStrict) }

  /// Forgets everything: what comes is another agent.
  func clear() throws { try store.clear() }

  /// Writes down which start of the machine it is.
  func write(bootID: String) throws { try store.write(bootID: bootID) }

  /// Takes changes in, all or none of them, and returns when they are written, or synchronised if that is asked for.
  public func record(_ records: [AgentRecord], isSynchronized: Bool) throws {
    try store.record(records, isSynchronized: isSynchronized)
  }

  /// Replaces what was written before, and returns when that is durable and the volumes are there.
  public func write(_ checkpoint: AgentCheckpoint) throws {
    try store.write(checkpoint)
    try volumes.remove(checkpoint.removedVolumes.persistentVolumes)
    try volumes.make(checkpoint.resources.persistentVolumes)
  }

  /// Looks once what is being removed has gone.
  public func measureDisk(listsSandboxes: Bool) async -> DiskSample {
    await sweep { DiskSample(usage: $0.diskUsage, sandboxes: listsSandboxes ? $0.list() : []) }
  }

  /// Removes sandboxes, one after the other.
  public func removeSandboxes(_ paths: [String]) async -> [String] {
    await sweep { sandboxes in paths.compactMap(sandboxes.remove) }
  }

  private func sweep<Result: Sendable>(
    _ body: @escaping @Sendable (SandboxDirectories) -> Result
  ) async -> Result {
    await withCheckedContinuation { continuation in
      sweeper.async { [sandboxes] in continuation.resume(returning: body(sandboxes)) }
    }
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
