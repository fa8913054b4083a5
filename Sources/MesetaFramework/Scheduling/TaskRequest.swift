// A task to launch, as a value.

public import MesetaModel

/// What to run and what it needs, before there is an agent for it. ``OfferUse/run(_:)`` launches it.
public struct TaskRequest: Hashable, Sendable {
  /// What a task does.
  public enum Work: Hashable, Sendable {
    /// A command, run by the agent itself.
    case command(CommandInfo)
    /// `data` is handed to a custom executor, whose own resources are needed too where it does not run yet.
    case executor(ExecutorInfo, data: [UInt8]?)
  }

  /// What the task does.
  public var work: Work
  /// What the task itself needs.
  public var resources: Resources
  /// The name to show; nil: the id.
  public var name: String?
  /// Nil: one that is unique over all incarnations of the framework.
  public var id: TaskID?

  /// A task that does any kind of work.
  public init(_ work: Work, resources: Resources, name: String? = nil, id: TaskID? = nil) {
    self.work = work
    self.resources = resources
    self.name = name
    self.id = id
  }

  /// A task that runs a line with the shell.
  public static func shell(
    _ line: String, resources: Resources, name: String? = nil, id: TaskID? = nil,
    environment: [EnvironmentVariable] = []
  ) -> TaskRequest {
    TaskRequest(.command(.shell(line, environment: environment)), resources: resources, name: name, id: id)
  }
}
