public import MesetaModel

/// A decision of an operator about machines or agents, or what followed from one.
public enum MaintenanceOperation: Hashable, Codable, Sendable {
  case updateSchedule(MaintenanceSchedule)
  case start([MachineID])
  case stop([MachineID])
  case deactivate(AgentID)
  case drain(AgentID, DrainConfig)
  /// Nothing is left on an agent that was to be drained.
  case markDrained(AgentID)
  case reactivate(AgentID)
  /// `since` in nanoseconds since the Unix epoch.
  case markGone(AgentID, since: Int64)
}

/// What operators decided about machines and agents. It outlives a master.
public struct MaintenanceState: Hashable, Codable, Sendable {
  public private(set) var machines = MachineBook()
  /// The agents that are out of use. Look-up only.
  private var standings: [AgentID: AgentStanding] = [:]
  /// The agents that were given up for good, with the time.
  private(set) var gone = BoundedHistory<AgentID, Int64>(limit: 102_400)

  public init() {}

  /// What an operator made of an agent; nil: nothing, it is in use.
  public func standing(_ agent: AgentID) -> AgentStanding? { standings[agent] }

  /// When an agent was given up; nil if it was not.
  public func goneSince(_ agent: AgentID) -> Int64? { gone[agent] }

  /// How an agent is to be drained, unless it has been.
  func pendingDrain(_ agent: AgentID) -> DrainConfig? {
    guard let info = standings[agent]?.drainInfo, info.state == .draining else { return nil }
    return info.config
  }

  public mutating func apply(_ operation: MaintenanceOperation) {
    switch operation {
    case .updateSchedule(let schedule): machines.update(schedule)
    case .start(let ids): machines.start(ids)
    case .stop(let ids): machines.stop(ids)
    case .deactivate(let id): if standings[id] == nil { standings[id] = .deactivated }
    case .drain(let id, let config): standings[id] = .drained(DrainInfo(.draining, config))
    case .markDrained(let id):
      if let info = standings[id]?.drainInfo { standings[id] = .drained(DrainInfo(.drained, info.config)) }
    case .reactivate(let id): standings[id] = nil
    case .markGone(let id, let time):
      standings[id] = nil
      gone.insert(id, time)
    }
  }

  /// Agents that were given up are forgotten, after a long time.
  mutating func forget(gone agents: [AgentID]) {
    for id in agents { gone.remove(id) }
  }

  /// The agents that were given up, with the time in nanoseconds since the Unix epoch, in the order in which they were.
  public var goneAgents: [(id: AgentID, since: Int64)] { gone.entries.map { ($0.key, $0.value) } }

  /// The agent has left the cluster.
  public mutating func forget(_ agent: AgentID) { standings[agent] = nil }
}

extension BoundedHistory: Equatable where Value: Equatable {
  static func == (left: BoundedHistory, right: BoundedHistory) -> Bool {
    left.limit == right.limit
      && left.entries.elementsEqual(right.entries) { $0.key == $1.key && $0.value == $1.value }
  }
}

extension BoundedHistory: Hashable where Value: Hashable {
  func hash(into hasher: inout Hasher) { hasher.combine(count) }
}
