// What goes into an agent and what comes out: the seam between the state machine and its host.

public import MesetaModel
public import MesetaProtocol
public import MesetaRuntime

/// What only an agent is told by its host.
public enum AgentLocalInput: Hashable, Codable, Sendable {
  /// Something happened to a container, also to one that an earlier life of the agent started.
  case container(ContainerEvent)
  /// A checkpoint is on disk.
  case stored(StorageToken)
  /// What was to be written down until then (``AgentEffects/record(_:synchronized:)``) is there for good.
  case recorded(StorageToken)
  /// Which containers an agent finds that was started again. Said once, before anything is told of them.
  case recovered([String], afterReboot: Bool)
  /// Answers a wish for a measurement.
  case usage(MachineUsage)
  /// Answers a wish for a look at the disk.
  case disk(DiskSample)
  /// Sandboxes were removed, but for these: why not.
  case removedSandboxes(problems: [String])
  /// The operator wants the agent to end: its tasks are killed, it unregisters and asks to exit. Said a second
  /// time, the tasks get no more time.
  case stop
}

/// Everything that an agent is told.
public typealias AgentInput = NodeInput<AgentLocalInput>

/// What an agent may ask its host to do.
public protocol AgentEffects: ClientEffects {
  mutating func launch(_ container: consuming ContainerLaunch)
  /// SIGTERM now and SIGKILL after the grace period, or at once if that is zero.
  mutating func kill(containerID: String, grace: Span)
  /// What is kept of a container that has ended is no longer needed.
  mutating func forget(containerID: String)
  /// Measures the machine and those containers, and tells the agent (``AgentLocalInput/usage(_:)``), whatever could be found
  /// out.
  mutating func measureUsage(of containerIDs: [String])
  /// Writes down what the agent has to know after a restart.
  mutating func checkpoint(_ token: StorageToken, _ checkpoint: AgentCheckpoint)
  /// Writes down what has changed, before anything that the agent asks for later is done. With a token it is also synchronised, with
  /// all that was written before, and the agent is told when that is done (``AgentLocalInput/recorded(_:)``).
  mutating func record(_ records: [AgentRecord], synchronized token: StorageToken?)
  /// Finds out how full the disk of the work directory is, and tells the agent (``AgentLocalInput/disk(_:)``), with all sandboxes
  /// that are there if they are asked for.
  mutating func measureDisk(listsSandboxes: Bool)
  /// Removes sandboxes with all that is in them, and tells the agent (``AgentLocalInput/removedSandboxes(problems:)``).
  mutating func removeSandboxes(_ paths: [String])
  /// Lists a directory below `root` and responds to the request. `path` is relative, and empty for `root` itself;
  /// it comes from outside, so that the host confines it.
  mutating func listFiles(_ request: RequestID, path: String, root: String)
  /// Reads a file below `root` and responds to the request, with a `path` as for listing.
  mutating func readFile(
    _ request: RequestID, path: String, offset: UInt64, length: UInt64?, root: String)
  /// The agent has nothing more to do and its process may end.
  mutating func exit()
}

/// What an agent has to know after a restart.
public struct AgentCheckpoint: Hashable, Codable, Sendable {
  /// The id that the master gave it.
  public var agentID: AgentID
  /// The reservations and volumes that operations made of its resources.
  public var resources: Resources
  /// Volumes that are gone: whoever writes this down removes their directories, then makes those of the volumes among the
  /// resources where they are missing.
  public var removedVolumes: Resources
  /// Operations that were done and whose status is not acknowledged.
  public var operations: [OperationRecord]
  /// How the agent was set up.
  public var info: AgentInfo?

  public init(
    agentID: AgentID, resources: Resources = Resources(), removedVolumes: Resources = Resources(),
    operations: [OperationRecord] = [], info: AgentInfo? = nil
  ) {
    self.agentID = agentID
    self.resources = resources
    self.removedVolumes = removedVolumes
    self.operations = operations
    self.info = info
  }
}
