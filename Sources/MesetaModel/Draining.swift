// Agents that operators took out of use.

/// How an agent is to be drained of its tasks.
public struct DrainConfig: Hashable, Codable, Sendable {
  /// Every task has this time to end at most, in nanoseconds; nil: the time that it gives itself.
  public var maxGracePeriod: Int64?
  /// Whether the agent is given up for good once it is drained.
  public var marksGone: Bool

  public init(maxGracePeriod: Int64? = nil, marksGone: Bool = false) {
    self.maxGracePeriod = maxGracePeriod
    self.marksGone = marksGone
  }
}

/// How far an agent is drained. The raw values are those of the wire.
public enum DrainState: Int32, Hashable, Codable, Sendable, CaseIterable {
  /// Tasks of it have not ended, or their ends are not acknowledged.
  case draining = 1
  /// Nothing is left on it.
  case drained = 2
}

/// An agent that is being drained, or was.
public struct DrainInfo: Hashable, Codable, Sendable {
  public var state: DrainState
  public var config: DrainConfig

  public init(_ state: DrainState, _ config: DrainConfig) {
    self.state = state
    self.config = config
  }
}

/// What an operator made of an agent that is to get no more tasks.
public enum AgentStanding: Hashable, Codable, Sendable {
  /// Nothing of it is offered; its tasks go on.
  case deactivated
  /// Nothing of it is offered, and its tasks are killed.
  case drained(DrainInfo)

  public var drainInfo: DrainInfo? {
    switch self {
    case .deactivated: nil
    case .drained(let info): info
    }
  }
}
