/// What an agent counts, named as Mesos names it in `/metrics/snapshot`.
public struct AgentMetrics: Hashable, Codable, Sendable {
  /// Executors and commands that were ended because others needed the resources that they ran on.
  public var executorsPreempted: UInt64 = 0

  public init() {}
}
