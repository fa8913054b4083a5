public import MesetaAgent
public import MesetaProtocol

/// What an agent needs of the machine it is on, besides containers. The calls may block for as long as a file of
/// the machine takes.
public protocol AgentStorage: Sendable {
  /// Writes down what the agent has to know after a restart, and returns when that is durable; then removes the
  /// directories of the volumes that are gone, and makes those of the volumes that have none.
  func write(_ checkpoint: AgentCheckpoint) throws
  /// Writes down changes, all or none of them, so that they survive the process; `isSynchronized`: they and all before them survive
  /// the machine.
  func record(_ records: [AgentRecord], isSynchronized: Bool) throws
  /// Finds out how full the disk of the sandboxes is, and which sandboxes are there if they are asked for. May take minutes, so that it
  /// must not hold on to a thread of Swift's.
  func measureDisk(listsSandboxes: Bool) async -> DiskSample
  /// Removes sandboxes of the agent with all that is in them, and tells of each that could not be removed why. May take minutes,
  /// too.
  func removeSandboxes(_ paths: [String]) async -> [String]
  /// Lists a directory below a sandbox; the path comes from outside.
  func list(_ path: String, below root: String) throws(CallError) -> [FileInfo]
  /// Reads a part of a file below a sandbox, and tells its whole size; the path comes from outside.
  func read(
    _ path: String, offset: UInt64, length: UInt64?, below root: String
  ) throws(CallError) -> (size: UInt64, data: [UInt8])
}

extension AgentStorage {
  /// Does nothing: for a storage that keeps no tasks.
  public func record(_ records: [AgentRecord], isSynchronized: Bool) throws {}

  /// Tells nothing.
  public func measureDisk(listsSandboxes: Bool) async -> DiskSample { DiskSample(usage: nil) }

  /// Does nothing: for sandboxes that are nowhere.
  public func removeSandboxes(_ paths: [String]) async -> [String] { [] }
}
