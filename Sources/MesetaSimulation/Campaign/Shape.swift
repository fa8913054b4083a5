// What one simulation of a campaign consists of.

package import MesetaModel
package import MesetaRuntime

/// A cluster, what is done with it, and what goes wrong in it: all that a seed decides before anything happens.
package struct Shape: Hashable, Sendable {
  package var seed: Seed
  package var agents: [Agent]
  package var frameworks: [Framework]
  /// What operators do, by time.
  package var actions: [Action]
  package var faults: Faults
  package var master: Master
  /// How long things go wrong.
  package var length: Span

  /// A machine.
  package struct Agent: Hashable, Sendable {
    package var resources: Resources
    package var attributes: [Attribute] = []
    package var domain: FaultDomain?
    /// What the agent gives away besides its own, as revocable resources.
    package var lending = Lending.nothing
    /// Whether it takes back what it lent when it is busy.
    package var takesBack = false
    /// When those that it belongs to use it, rather than when the machine's load is high.
    package var takesBackByUse = false
    /// What it does not know how to do, as an older one.
    package var lacks: AgentCapability?
  }

  package enum Lending: Hashable, Sendable {
    case nothing
    /// So many processors.
    case fixed(Int)
    /// What others do not use.
    case idle
  }

  /// An application.
  package struct Framework: Hashable, Sendable {
    /// Its place among those that the seed gives, also where others have been left out.
    package var number: Int
    package var kind: WorkloadKind
    package var tasks: Int
    package var roles: [String]
    package var fate = Fate.stays
    /// In seconds.
    package var failoverTimeout: Double
    package var isPartitionAware = true
    /// Whether it is offered agents with GPUs, and those of other regions than the master's.
    package var takesGPUs = false
    package var isRegionAware = false
    package var seed: UInt64

    package var name: String { "\(kind.rawValue)\(number)" }
  }

  /// What becomes of a framework while things go wrong.
  package enum Fate: Hashable, Sendable {
    case stays
    /// Crashes, and is started again after so long, which may be too late.
    case restarts(at: Span, after: Span)
    /// Crashes and is never seen again.
    case vanishes(at: Span)
    /// Is ended in good order, with all its tasks.
    case tornDown(at: Span)
    /// Is ended in good order, and its tasks go on until its failover time-out.
    case stops(at: Span)
    /// A second instance takes its place while the first still runs.
    case succeeded(at: Span)
  }

  /// Something that an operator does.
  package struct Action: Hashable, Sendable {
    package var time: Span
    package var kind: OperatorActionKind
    /// Decides the rest.
    package var draw: UInt64
  }

  /// How the master is set up.
  package struct Master: Hashable, Sendable {
    /// How many there are, of which one leads.
    package var count = 1
    package var pingTimeout = Span.seconds(15)
    package var pings = 5
    package var reregisterTimeout = Span.minutes(10)
    package var offerTimeout: Span? = .seconds(30)
    package var weights: [RoleWeight] = []
    package var allocationSlice = 4000
    package var reconciliationSlice = 1000
    package var histories = 1000
    package var region: String?
    /// What lies at least between two agents that are marked unreachable.
    package var removalInterval = Span.zero
    /// How often what is unreachable or gone is forgotten, how old it is then, and how much of it there may be.
    package var pruningInterval = Span.minutes(15)
    package var maxAgentAge = Span.minutes(14 * 24 * 60)
    package var maxAgentCount = 102_400
  }

  /// Whether the cluster has room for what its frameworks want all at the same time.
  package var isRoomy: Bool {
    let common = agents.filter { $0.isForAll(in: master.region) }
    let processors = common.reduce(Scalar.zero) { $0 + $1.resources.scalar("cpus") }
    let wanted = frameworks.reduce(0) { $0 + $1.standingDemand }
    return !common.isEmpty && processors.milli >= Int64(wanted) * 2 + 2000
  }

  /// What did not come about cannot be blamed on anybody in a cluster that has nothing to lend.
  package var lends: Bool {
    agents.contains { $0.lending != .nothing && $0.lending != .idle && $0.isNear(master.region) }
  }
}

extension Shape.Agent {
  /// Whether every framework is offered it, given the master's region.
  package func isForAll(in region: String?) -> Bool {
    isNear(region) && resources.scalar("gpus") == .zero && lacks == nil
  }

  func isNear(_ region: String?) -> Bool { domain.map { region == nil || $0.region == region } ?? true }
}

extension Shape.Framework {
  /// The thousandths of a processor that it holds when it has what it wants.
  var standingDemand: Int {
    switch kind {
    case .service, .executors: 400 * tasks + 500
    default: 500
    }
  }
}
