public import MesetaModel

/// A cluster as its master knows it (`mesos.v1.master.Response.GetState`).
public struct ClusterDescription: Hashable, Sendable {
  public var agents: [AgentDescription]
  /// The agents of earlier masters that are not back.
  public var recoveredAgents: [AgentInfo]
  public var frameworks: [FrameworkDescription]
  public var tasks: [TaskDescription]
  public var executors: [ExecutorDescription]

  public init(
    agents: [AgentDescription], recoveredAgents: [AgentInfo], frameworks: [FrameworkDescription],
    tasks: [TaskDescription], executors: [ExecutorDescription]
  ) {
    self.agents = agents
    self.recoveredAgents = recoveredAgents
    self.frameworks = frameworks
    self.tasks = tasks
    self.executors = executors
  }
}
