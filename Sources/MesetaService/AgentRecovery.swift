import Foundation
import Logging
import MesetaAgent
import MesetaModel
import MesetaStorage

/// What an agent is started with: what earlier lives have left, if it may go on with that.
struct AgentRecovery {
  private(set) var checkpoint: AgentCheckpoint?
  private(set) var memory = AgentMemory()
  private(set) var afterReboot = false
  /// How many records could not be read.
  let errors: Int

  /// Names the present start of the machine; nil where the system does not say.
  static let bootID: String? = {
    let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
    return text?.trimmingCharacters(in: .whitespacesAndNewlines)
  }()

  /// - Parameter anyPort: Whether the agent takes a free port each time.
  /// - Throws: `UnreadableCheckpoint`, and ``IncompatibleConfiguration`` if the agent is set up otherwise than it may be.
  init(
    _ storage: FileAgentStorage, isStrict: Bool, policy: ReconfigurationPolicy, _ info: AgentInfo,
    anyPort: Bool = false,
    bootID: String? = AgentRecovery.bootID, _ logger: Logger
  ) throws {
    let contents = try storage.read(isStrict: isStrict)
    errors = contents.skipped.count
    for problem in contents.skipped {
      logger.warning("passing over a record of an earlier life that cannot be read: \(problem)")
    }
    afterReboot = bootID != nil && contents.bootID != nil && contents.bootID != bootID
    if let bootID, bootID != contents.bootID { try storage.write(bootID: bootID) }
    checkpoint = contents.checkpoint
    memory = contents.memory
    if contents.checkpoint == nil, !memory.isEmpty {
      // Records are written by agents that have an id.
      throw UnreadableCheckpoint(path: "the agent's database", reason: "it has tasks, and no agent id")
    }
    var before = contents.checkpoint?.info
    if anyPort { before?.port = info.port }
    guard let before, let problem = policy.problem(from: before, to: info) else {
      var present = info
      present.id = checkpoint?.agentID
      checkpoint?.info = present
      return
    }
    // Nothing runs any more: rather than keep the machine from the cluster, it comes as a new agent.
    guard afterReboot else { throw IncompatibleConfiguration(reason: problem) }
    logger.warning(
      "the machine was started again and is set up otherwise: it joins as a new agent; \(problem)")
    try storage.clear()
    (checkpoint, memory) = (nil, AgentMemory())
  }
}

/// An agent is set up otherwise than its policy allows.
public struct IncompatibleConfiguration: Error, Hashable, CustomStringConvertible {
  /// What differs.
  public let reason: String

  /// What differs, and what to do.
  public var description: String {
    "Incompatible agent info detected: \(reason). Set the agent up as it was, allow more with "
      + "--reconfiguration_policy=additive, or move <work_dir>/meta away to join the cluster as a new agent, which loses "
      + "the old one's tasks"
  }
}
