// The seam between the agent and whatever runs its containers: processes, OCI bundles, or a test's fake.

/// One variable of a container's environment.
public struct EnvironmentEntry: Hashable, Codable, Sendable {
  /// The variable's name: not empty, without `=`.
  public var name: String
  public var value: String

  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// What the agent asks a containerizer to run.
public struct ContainerLaunch: Hashable, Codable, Sendable {
  /// What the container's main process executes.
  public enum Program: Hashable, Codable, Sendable {
    /// A command line for `/bin/sh -c`.
    case shell(String)
    /// A program and its arguments, `argv[0]` included. A path without `/` is looked for in the container's
    /// `PATH`.
    case exec(path: String, arguments: [String])
  }

  /// Unique among all containers of the agent, and safe as the name of a file (a UUID).
  public var containerID: String
  /// The container's own directory: an absolute path. The containerizer creates it, with mode 0755 and owned by
  /// ``user``, and puts the files `stdout` and `stderr` there.
  public var sandbox: String
  public var program: Program
  /// The complete environment, in order: nothing is inherited from the agent.
  public var environment: [EnvironmentEntry]
  /// The name of the user to run as; nil for the agent's own.
  public var user: String?
  /// Where the program starts: an absolute path, or one relative to the sandbox; nil for the sandbox itself.
  public var workingDirectory: String?
  /// Directories that the container finds in its sandbox.
  public var volumes: [VolumeLink]
  /// Whether it runs on resources that others may need: it gets what processor time these leave.
  public var isRevocable: Bool

  public init(
    containerID: String, sandbox: String, program: Program, environment: [EnvironmentEntry] = [],
    user: String? = nil, workingDirectory: String? = nil, volumes: [VolumeLink] = [],
    isRevocable: Bool = false
  ) {
    self.containerID = containerID
    self.sandbox = sandbox
    self.program = program
    self.environment = environment
    self.user = user
    self.workingDirectory = workingDirectory
    self.volumes = volumes
    self.isRevocable = isRevocable
  }
}

/// A directory that outlives the container, and where the container finds it.
public struct VolumeLink: Hashable, Codable, Sendable {
  /// An absolute path. Unless others use the directory too, it is given to the container's user.
  public var path: String
  /// The name of an entry of the sandbox.
  public var containerPath: String
  /// Whether other containers may use the directory at the same time.
  public var isShared: Bool

  public init(path: String, containerPath: String, isShared: Bool = false) {
    self.path = path
    self.containerPath = containerPath
    self.isShared = isShared
  }
}

/// How a container ended.
public enum ContainerExit: Hashable, Codable, Sendable {
  /// The main process returned this exit status, 0 to 255.
  case exited(Int32)
  /// A signal ended the main process.
  case signaled(Int32)
  /// What watched over the container vanished without leaving a status; the text says what is known.
  case lost(String)
}

/// What a containerizer reports. Each container yields `started` and later `exited`, or `launchFailed` alone; a
/// container that ended while the agent was away yields its last event alone.
public enum ContainerEvent: Hashable, Codable, Sendable {
  /// The main process executes its program.
  case started(containerID: String, pid: Int32)
  /// Nothing was run; the text says why.
  case launchFailed(containerID: String, reason: String)
  /// The main process and all its descendants are gone.
  case exited(containerID: String, ContainerExit)
}

/// Runs containers and reports what becomes of them to the observer it was created with.
///
/// Containers outlive their containerizer: a new one finds them again with ``recover()``.
public protocol Containerizer: Sendable {
  /// Starts a container. Never blocks; the outcome is reported.
  func launch(_ launch: ContainerLaunch)

  /// Ends a container: SIGTERM to the main process's group now, SIGKILL to every descendant that is left after
  /// `graceNanoseconds` (at once if that is 0 or less).
  ///
  /// Idempotent; of several calls the earliest deadline counts. A container that is unknown or has ended is left
  /// alone.
  func kill(containerID: String, graceNanoseconds: Int64)

  /// Finds the containers of an earlier containerizer that were not forgotten. Reports for each whether it is
  /// running or how it ended, and returns their ids, sorted.
  func recover() -> [String]

  /// Drops what is kept about a container that has ended, so that ``recover()`` does not find it again. To be
  /// called once its end is recorded elsewhere. A running container is left alone.
  func forget(containerID: String)

  /// Measures the machine and those of the containers that are there. May take a while.
  func measure(_ containerIDs: [String]) -> MachineUsage
}

extension Containerizer {
  /// Does nothing: for a containerizer that keeps nothing.
  public func forget(containerID: String) {}

  /// Knows nothing: for a containerizer that cannot measure.
  public func measure(_ containerIDs: [String]) -> MachineUsage { MachineUsage() }
}
