// An allocation run: offers what is free.

public import MesetaModel
public import MesetaRuntime

/// What an allocation run decided: one offer.
public struct Allocation: Codable, Sendable {
  public let agent: AgentSlot
  public let framework: FrameworkSlot
  public let role: RoleSlot
  /// At rest: not marked with the role.
  public let resources: Resources
  /// The demand that it is a part of, all of which comes in one go; nil: none.
  public internal(set) var demand: DemandSlot?
}

/// The state of the allocation runs.
///
/// A run looks at its agents twice where guarantees of roles are not met: first for these roles alone, so that they
/// have the choice of all agents, then for everyone.
struct AllocationRun: Codable, Sendable {
  enum Stage: Codable, Sendable {
    case guarantees
    case shares
  }

  /// Above so many askers, a run looks at everyone.
  static let askerLimit = 16
  /// How much of the limit of a call an offer takes, where a look takes 1.
  static let costOfOffer = 4

  /// Of the run under way, or else the last one.
  var number: UInt64 = 0
  var stage = Stage.shares
  /// The agents that this stage of the run under way has yet to look at.
  var queue = AgentQueue()
  /// The agents of which quotas kept something back.
  var heldBack: [UInt32] = []
  /// The agents and the subscriptions that the next run is to look at.
  var next: [UInt32] = []
  var asking: [UInt32] = []
  /// The subscriptions that the run under way looks at on agents where nothing else changed.
  var askers: [UInt32] = []
  /// Subscriptions of frameworks that have got as many offers as are allowed.
  var limited: [UInt32] = []

  /// By subscription: equal to `look` if a filter keeps the agent that is looked at from it.
  var filtered: [UInt32] = []
  var look: UInt32 = 0
}

extension Allocator {
  /// Whether a call of ``allocate(now:limit:_:)`` would have something to do, filters that end later aside.
  public var needsRun: Bool {
    !run.queue.isEmpty || !run.next.isEmpty || !run.asking.isEmpty || constraints.wantsRun
      || !demands.untried.isEmpty
  }

  /// When a run has something to do beside what changed: a filter or an answer to an inverse offer ends, or there is
  /// something to be done for a demand; `.never` if there is none.
  public var nextWake: Instant {
    min(filterDeadlines.next, maintenance.nextEnd, demands.nextWake(options.maximumHold))
  }

  /// The same as ``nextWake``, looked up in place: what is not mutating is handed a copy of the whole allocator.
  public mutating func lookUpNextWake() -> Instant {
    min(
      filterDeadlines.next, maintenance.nextEnd,
      demands.entries.isEmpty && demands.brokenSince == nil && demands.failed.isEmpty
        ? .never : demands.nextWake(options.maximumHold))
  }

  /// Offers what is free on agents where something changed, or everywhere to those who ask anew: begins a run, or
  /// continues the one under way. Agents come in an order drawn from the seed.
  ///
  /// What comes back while a run is under way is for the next one.
  ///
  /// - Parameters:
  ///   - limit: about how many pairs of agents and frameworks to look at; an offer counts as 4. At least one agent
  ///     is looked at.
  ///   - emit: gets every offer; the allocator counts its resources as offered from then on.
  /// - Returns: whether the run is finished; otherwise call again to continue it.
  public mutating func allocate(
    now: Instant, limit: Int = .max, _ emit: (Allocation) -> Void
  ) -> Bool {
    var budget = limit
    evaluateConstraints(&budget)
    if !demands.isIdle {
      guard serveDemands(now, &budget, emit) else { return false }
    }
    if run.queue.isEmpty {
      guard endFilters(now, &budget) else { return false }
      beginRun()
    }
    while !run.queue.isEmpty {
      let agent = Int(run.queue.take(&generator))
      budget -= 1
      if agents.key(at: agent) != nil, agents[agent].run == run.number {
        if run.stage == .shares { agents[agent].run = 0 }
        sortStale()
        budget -= visit(agent, now, emit)
        if !run.limited.isEmpty { delistLimited() }
      }
      if run.stage == .guarantees { endGuarantees() }
      if budget <= 0 { break }
    }
    return run.queue.isEmpty && !constraints.wantsRun
  }

  /// Goes on to the stage of shares when all agents were looked at for the guarantees, or all of these are met.
  private mutating func endGuarantees() {
    guard run.queue.isEmpty || roles[Int(Self.root)].quota.needy.isEmpty else { return }
    run.stage = .shares
    run.queue.restart()
  }

  private mutating func beginRun() {
    run.number += 1
    constraints.isNews = false
    if !run.askers.isEmpty { run.askers.removeAll(keepingCapacity: true) }
    for index in run.asking
    where subscriptions.key(at: Int(index)) != nil && subscriptions[Int(index)].isAsker {
      subscriptions[Int(index)].isAsker = false
      if subscriptions[Int(index)].isListed { run.askers.append(index) }
    }
    if !run.asking.isEmpty { run.asking.removeAll(keepingCapacity: true) }
    run.stage = roles[Int(Self.root)].quota.needy.isEmpty ? .shares : .guarantees
    if !run.askers.isEmpty { addFreeAgents() }
    run.queue.fill(&run.next)
  }

  /// Lets the run that begins look also at the agents on which nothing changed, for those who ask.
  private mutating func addFreeAgents() {
    let isForAskers = run.askers.count <= AllocationRun.askerLimit
    for index in 0..<agents.capacity where agents.key(at: index) != nil {
      guard agents[index].run != run.number, !agents[index].unallocated.isEmpty else { continue }
      agents[index].run = run.number
      agents[index].isForAskers = isForAskers
      run.next.append(UInt32(index))
    }
  }

  /// Drops the filters that are over, and lets the run look at their agents. False if the budget is used up.
  private mutating func endFilters(_ now: Instant, _ budget: inout Int) -> Bool {
    while let agent = filterDeadlines.takeDue(now) {
      guard agents.contains(agent), agents[Int(agent.index)].filterWake <= now else { continue }
      budget -= 1 + agents[Int(agent.index)].filters.filters.count
      agents[Int(agent.index)].filterWake = .never
      agents[Int(agent.index)].filters.prune(now, &filterKeys)
      wakeForFilters(agent, at: agents[Int(agent.index)].filters.firstEnd)
      lookAt(agent)
      if budget <= 0 { return false }
    }
    return true
  }

  mutating func delistLimited() {
    for index in run.limited {
      for sibling in frameworks[Int(subscriptions[Int(index)].framework.index)].subscriptions {
        list(sibling)
      }
    }
    run.limited.removeAll(keepingCapacity: true)
  }
}
