public import MesetaAllocator
public import MesetaModel
public import MesetaRuntime

/// How a master behaves. The defaults are Mesos's, except where its users suffer from them: offers expire, and a
/// framework's outstanding offers are bounded.
public struct MasterConfiguration: Codable, Sendable {
  /// Where the master can be reached; its id is drawn from the seed.
  public var hostname = "localhost"
  public var ip = "127.0.0.1"
  public var port: Int32 = 5050

  /// How often resources that were declined are offered again. Zero only in benchmarks: at every batch.
  public var allocationInterval: Span = .seconds(1)
  /// After this an unanswered offer is taken back; nil: never (as in Mesos).
  public var offerTimeout: Span? = .seconds(30)
  /// How often an agent is pinged, and how long it has to answer.
  public var agentPingTimeout: Span = .seconds(15)
  /// After so many unanswered pings in a row an agent is unreachable.
  public var maxAgentPingTimeouts = 5
  /// For how long after its start a master waits for the agents and frameworks of its predecessor.
  public var agentReregisterTimeout: Span = .minutes(10)
  /// What lies at least between two agents that are marked unreachable; zero: nothing.
  public var agentRemovalInterval: Span = .zero
  /// How often agents are forgotten that have been unreachable or gone for longer than `registryMaxAgentAge`, and the oldest of
  /// more than `registryMaxAgentCount` of either.
  public var registryPruningInterval: Span = .minutes(15)
  public var registryMaxAgentAge: Span = .minutes(14 * 24 * 60)
  public var registryMaxAgentCount = 102_400
  /// How often a framework that is sent nothing else is sent a heartbeat.
  public var heartbeatInterval: Span = .seconds(15)
  public var maxCompletedFrameworks = 50
  public var maxCompletedTasksPerFramework = 1000
  public var maxUnreachableTasksPerFramework = 1000
  /// How many operations of a framework may be under way or not acknowledged; more are refused.
  public var maxOperationsPerFramework = 10_000
  /// The only roles that frameworks may subscribe to; nil: any.
  public var roles: [String]?
  /// Weights of roles, 1 unless given. What an operator sets while the master runs counts more.
  public var weights: [RoleWeight] = []
  public var allocator = Allocator.Options()
  /// How large the regular expressions in frameworks' offer constraints may be.
  public var offerConstraints = OfferConstraintsFilter.Limits()
  /// How much an allocation run does at most between two looks at the inputs: about so many pairs of agents and
  /// frameworks are looked at, where an offer counts as four. A thousand offers take less than a millisecond.
  public var allocationSlice = 4000
  /// How many tasks that a framework named in RECONCILE may wait for their answers; it gets an error for more.
  public var maxReconciledTasksPerFramework = 100_000
  /// How many tasks frameworks are told of at most between two looks at the inputs, in answer to RECONCILE.
  public var reconciliationSlice = 1000

  /// How long a demand waits that does not say so itself, and how long one may wait at most.
  public var demandTimeout: Span = .seconds(60)
  public var maxDemandTimeout: Span = .minutes(10)
  /// How many demands of one framework may wait.
  public var maxDemandsPerFramework = 100

  public init() {}
}
