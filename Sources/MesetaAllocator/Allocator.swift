// The allocator: its state, and its agents. Frameworks, moves and allocation runs are in the extensions beside it.

public import MesetaModel
public import MesetaRuntime

/// Decides which framework is offered what, and keeps the only account of the cluster's resources.
///
/// Dominant Resource Fairness (Ghodsi et al., NSDI 2011): what is free on an agent is offered to the role with the
/// smallest dominant share over weight, and within the role to the framework with the smallest dominant share.
///
/// The master tells what comes, goes and moves; ``allocate(now:limit:_:)`` makes the offers. A run looks at agents
/// on which something changed, and at frameworks that ask anew.
public struct Allocator: Codable, Sendable {
  public struct Options: Codable, Sendable {
    /// An offer holds all quantities of one of these, unless the framework says otherwise. None: all are of use.
    public var minimalAllocatable: [[ResourceQuantity]]
    /// Agents with GPUs are offered only to frameworks with `FrameworkInfo.Capability.gpuResources`.
    public var filterGPUResources: Bool
    /// How many offers of one framework may be unanswered.
    public var maxOutstandingOffers: Int
    /// Names of scalar resources that count towards no share.
    public var fairSharingExcluded: [String]
    /// Where the master is: agents of another region are offered only to frameworks with
    /// `FrameworkInfo.Capability.regionAware`. Nil: no agent is remote.
    public var domain: FaultDomain?
    /// For how long resources are set aside for a demand at a stretch (see ``Allocator/addDemand(_:_:deadline:)``).
    public var maximumHold: Span

    /// The defaults are Mesos's.
    public init(
      minimalAllocatable: [[ResourceQuantity]] = [
        [ResourceQuantity("cpus", Scalar(milli: 10))], [ResourceQuantity("mem", Scalar(32))],
      ],
      filterGPUResources: Bool = true, maxOutstandingOffers: Int = 10_000, fairSharingExcluded: [String] = [],
      domain: FaultDomain? = nil, maximumHold: Span = .seconds(30)
    ) {
      self.minimalAllocatable = minimalAllocatable
      self.filterGPUResources = filterGPUResources
      self.maxOutstandingOffers = maxOutstandingOffers
      self.fairSharingExcluded = fairSharingExcluded
      self.domain = domain
      self.maximumHold = maximumHold
    }
  }

  let options: Options
  let defaultMinimum: MinimalQuantities
  var generator: SeededGenerator
  var dimensions: Dimensions

  var agents = SlotMap<AgentLedger>()
  var frameworks = SlotMap<FrameworkLedger>()
  var roles = SlotMap<RoleLedger>()
  var subscriptions = SlotMap<Subscription>()
  /// For look-up at the edges.
  var roleSlots: [String: RoleSlot] = [:]
  /// The weights that are not 1, also of roles that are not in use.
  var weights: [String: Double] = [:]
  /// The quotas, also of roles that are not in use.
  var quotas: [String: Quota] = [:]

  var total = Quantities()
  /// What is unallocated on active agents of what counts against quotas; kept while any role has a quota.
  var free = Quantities()
  /// Whether any role has a quota.
  var hasQuotas = false
  /// How many roles have used up their limits.
  var exhaustedRoles = 0
  /// Whether the total changed, and with it every share.
  var areAllSharesStale = false
  var staleSubscriptions: [UInt32] = []
  var staleRoles: [UInt32] = []

  var constraints = ConstraintTable()

  var filterKeys = FilterKeys()
  /// When the filters of an agent are looked at.
  var filterDeadlines = Deadlines<AgentSlot>()

  /// The agents that are to go down for maintenance.
  var maintenance = UnavailabilityLedger()
  var demands = DemandTable()

  var run = AllocationRun()
  /// The rare branches that it has been through.
  public internal(set) var marks = Marks<AllocatorMark>()

  /// - Parameter seed: from it comes the order in which a run takes the agents.
  public init(_ options: Options = Options(), seed: UInt64) {
    self.options = options
    self.defaultMinimum = MinimalQuantities(options.minimalAllocatable)
    self.generator = SeededGenerator(seed: seed)
    self.dimensions = Dimensions(excluded: options.fairSharingExcluded)
    _ = roles.insert(RoleLedger(name: "", parent: nil, weight: 1))
  }

  // MARK: Agents

  /// Adds an active agent with nothing in use.
  ///
  /// - Parameter total: at rest, that is, allocated to no role.
  public mutating func addAgent(
    total: Resources, domain: FaultDomain? = nil, hostname: String = "", attributes: [Attribute] = []
  ) -> AgentSlot {
    dimensions.enter(total)
    let amounts = dimensions.amounts(of: total)
    let agent = agents.insert(AgentLedger(total: total, amounts: amounts, domain: domain))
    agents[Int(agent.index)].slot = agent
    constraints.set(
      Int(agent.index), AgentTraits(hostname: hostname, domain: domain, attributes: attributes))
    self.total += amounts.all
    free += amounts.charged
    areAllSharesStale = true
    bookReservations(total, isAdded: true)
    loosenQuotas()
    lookAt(agent)
    return agent
  }

  /// Takes an agent away, with all that is offered and used on it: moves of those later do nothing.
  public mutating func removeAgent(_ agent: AgentSlot) {
    unplaceDemand(on: agent)
    guard var ledger = agents.remove(agent) else { return }
    maintenance.remove(agent)
    total -= ledger.totalAmounts.all
    free -= ledger.free
    areAllSharesStale = true
    bookReservations(ledger.total, isAdded: false)
    ledger.filters.removeAll(&filterKeys)
    for holding in ledger.holdings {
      let amounts = dimensions.amounts(of: holding.held)
      credit(
        holding.subscription,
        AgentLedger.Change(amounts: amounts, endedOffers: holding.offers, isLast: true))
    }
  }

  /// Changes what an agent has. What is held stays held: if there is less than that, it becomes a deficit, and
  /// nothing is offered from it.
  public mutating func updateAgent(_ agent: AgentSlot, total: Resources) {
    guard agents.contains(agent), agents[Int(agent.index)].total != total else { return }
    unplaceDemand(on: agent)
    dimensions.enter(total)
    let old = agents[Int(agent.index)].total
    self.total -= agents[Int(agent.index)].totalAmounts.all
    change(agent) { $0.setTotal(total, $1) }
    self.total += agents[Int(agent.index)].totalAmounts.all
    areAllSharesStale = true
    bookReservations(total, isAdded: true)
    bookReservations(old, isAdded: false)
    loosenQuotas()
    lookAt(agent)
  }

  /// Whether anything is offered from an agent. What is offered already is not touched.
  public mutating func setActive(_ agent: AgentSlot, _ active: Bool) {
    guard agents.contains(agent), agents[Int(agent.index)].isActive != active else { return }
    unplaceDemand(on: agent)
    change(agent) { ledger, _ in ledger.isActive = active }
    if active { lookAt(agent) }
    loosenQuotas()
  }

  /// Changes the account of an agent, and that of what is free with it.
  mutating func change<Result>(
    _ agent: AgentSlot, _ body: (inout AgentLedger, Dimensions) -> Result
  ) -> Result {
    let index = Int(agent.index)
    guard hasQuotas else { return body(&agents[index], dimensions) }
    free -= agents[index].free
    let result = body(&agents[index], dimensions)
    free += agents[index].free
    return result
  }

  /// Lets the next run look at all agents for everyone.
  mutating func lookAtAll() {
    for index in 0..<agents.capacity {
      if let agent = agents.key(at: index) { lookAt(agent) }
    }
  }

  /// Lets the next run look at an agent for everyone.
  mutating func lookAt(_ agent: AgentSlot) {
    let index = Int(agent.index)
    if demands.hold != nil, demands.dirty.last != agent.index { demands.dirty.append(agent.index) }
    guard agents[index].run != run.number + 1 else { return }
    agents[index].join(run.number + 1)
    run.next.append(agent.index)
  }
}
