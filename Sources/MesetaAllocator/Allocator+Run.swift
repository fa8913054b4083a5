// An allocation run: offers what is free.

public import MesetaModel
public import MesetaRuntime

/// What an allocation run decided: one offer.
public struct Allocation: Sendable {
  public let agent: AgentSlot
  public let framework: FrameworkSlot
  public let role: RoleSlot
  /// At rest: not marked with the role.
  public let resources: Resources
}

/// The state of the allocation runs.
struct AllocationRun: Sendable {
  /// Above so many askers, a run looks at everyone.
  static let askerLimit = 16
  /// How much of the limit of a call an offer takes, where a look takes 1.
  static let costOfOffer = 4

  /// Of the run under way, or else the last one.
  var number: UInt64 = 0
  /// The agents that the run under way has yet to look at.
  var queue: [UInt32] = []
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
  public var needsRun: Bool { !run.queue.isEmpty || !run.next.isEmpty || !run.asking.isEmpty }

  /// When the next filter ends, so that what it kept may be offered; `.never` if there is none.
  public var nextWake: Instant { filterDeadlines.next }

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
    if run.queue.isEmpty {
      guard endFilters(now, &budget) else { return false }
      beginRun()
    }
    sortStale()
    while !run.queue.isEmpty {
      let position = Int(generator.below(UInt64(run.queue.count)))
      run.queue.swapAt(position, run.queue.count - 1)
      let agent = Int(run.queue.removeLast())
      budget -= 1
      if agents.key(at: agent) != nil, agents[agent].run == run.number {
        agents[agent].run = 0
        budget -= visit(agent, now, emit)
        if !run.limited.isEmpty { delistLimited() }
        sortStale()
      }
      if budget <= 0 { break }
    }
    return run.queue.isEmpty
  }

  private mutating func beginRun() {
    run.number += 1
    run.askers.removeAll(keepingCapacity: true)
    for index in run.asking
    where subscriptions.key(at: Int(index)) != nil && subscriptions[Int(index)].isAsker {
      subscriptions[Int(index)].isAsker = false
      if subscriptions[Int(index)].isListed { run.askers.append(index) }
    }
    run.asking.removeAll(keepingCapacity: true)
    swap(&run.queue, &run.next)
    if run.askers.isEmpty { return }
    let isForAskers = run.askers.count <= AllocationRun.askerLimit
    for index in 0..<agents.capacity where agents.key(at: index) != nil {
      guard agents[index].run != run.number, !agents[index].unallocated.isEmpty else { continue }
      agents[index].run = run.number
      agents[index].isForAskers = isForAskers
      run.queue.append(UInt32(index))
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

  private mutating func delistLimited() {
    for index in run.limited {
      for sibling in frameworks[Int(subscriptions[Int(index)].framework.index)].subscriptions {
        list(sibling)
      }
    }
    run.limited.removeAll(keepingCapacity: true)
  }

  // MARK: One agent

  /// Offers what is free on an agent. The sorters stay as they are meanwhile. Returns how much work it was.
  private mutating func visit(_ agent: Int, _ now: Instant, _ emit: (Allocation) -> Void) -> Int {
    guard agents[agent].isActive, !agents[agent].unallocated.isEmpty else { return 0 }
    agents[agent].filters.prune(now, &filterKeys)
    var work = agents[agent].filters.filters.count
    let candidates = agents[agent].isForAskers ? sortedAskers() : nil
    if agents[agent].unallocated.isForEveryone {
      if let index = firstTaker(agent, candidates, &work) {
        let (all, quantities) = (agents[agent].unallocated, agents[agent].unallocatedQuantities)
        offer(agent, all, quantities, to: index, emit)
        work += AllocationRun.costOfOffer
      }
    } else {
      var parts = OfferableParts(agents[agent].unallocated)
      eachCandidate(candidates) { allocator, index in
        work += 1
        guard allocator.offerPart(agent, &parts, to: index, now, emit) else { return !parts.rest.isEmpty }
        work += AllocationRun.costOfOffer
        return !parts.rest.isEmpty
      }
    }
    return work
  }

  private mutating func sortedAskers() -> [UInt32] {
    run.askers.removeAll { subscriptions.key(at: Int($0)) == nil || !subscriptions[Int($0)].isListed }
    guard run.askers.count > 1 else { return run.askers }
    return run.askers.sorted {
      let (left, right) = (subscriptions[Int($0)], subscriptions[Int($1)])
      if left.role == right.role { return left.rank < right.rank }
      return roles[Int(left.role.index)].rank < roles[Int(right.role.index)].rank
    }
  }

  /// The first in order who takes all that is free on an agent, where it is the same for everyone.
  private mutating func firstTaker(_ agent: Int, _ candidates: [UInt32]?, _ work: inout Int) -> UInt32? {
    markFiltered(agent)
    let bag = agents[agent].unallocated
    let quantities = agents[agent].unallocatedQuantities
    let required = requiredCapabilities(agent)
    let isEnough = defaultMinimum.allow(bag, quantities)

    func takes(_ index: UInt32) -> Bool {
      if run.filtered[Int(index)] == run.look { return false }
      guard subscriptions[Int(index)].capabilities.isSuperset(of: required) else { return false }
      guard subscriptions[Int(index)].minimum != nil else { return isEnough }
      return subscriptions[Int(index)].minimum?.allow(bag, quantities) ?? isEnough
    }
    if let candidates {
      work += candidates.count
      return candidates.first(where: takes)
    }
    for roleChunk in roleSorter.chunks {
      for role in roleChunk {
        for chunk in roles[Int(role.client)].sorter.chunks {
          for rank in chunk {
            work += 1
            if takes(rank.client) { return rank.client }
          }
        }
      }
    }
    return nil
  }

  /// Marks for whom a filter keeps all that is free on an agent.
  private mutating func markFiltered(_ agent: Int) {
    if run.look == .max {
      run.filtered = []
      run.look = 0
    }
    run.look += 1
    while run.filtered.count < subscriptions.capacity { run.filtered.append(0) }
    let look = run.look
    agents[agent].filters.forEachMatching(agents[agent].unallocated) {
      if let index = filterKeys[$0.key].subscription { run.filtered[Int(index)] = look }
    }
  }

  /// Calls `body` with everyone who wants offers, in order, until it returns false.
  private mutating func eachCandidate(
    _ candidates: [UInt32]?, _ body: (inout Allocator, UInt32) -> Bool
  ) {
    if let candidates {
      for index in candidates where !body(&self, index) { return }
      return
    }
    for roleChunk in roleSorter.chunks {
      for role in roleChunk {
        for chunk in roles[Int(role.client)].sorter.chunks {
          for rank in chunk where !body(&self, rank.client) { return }
        }
      }
    }
  }

  /// Offers to a candidate what it may have of an agent on which not all is for everyone.
  private mutating func offerPart(
    _ agent: Int, _ parts: inout OfferableParts, to index: UInt32, _ now: Instant,
    _ emit: (Allocation) -> Void
  ) -> Bool {
    guard let part = offerablePart(agent, &parts, to: index) else { return false }
    let minimum = subscriptions[Int(index)].minimum ?? defaultMinimum
    let quantities = dimensions.quantities(of: part)
    guard !frameworks[Int(subscriptions[Int(index)].framework.index)].isAtLimit,
      minimum.allow(part, quantities),
      agents[agent].filters.end(subscriptions[Int(index)].filterKey, part, now) == nil
    else { return false }
    offer(agent, part, quantities, to: index, emit)
    parts.take(part)
    return true
  }

  /// What a candidate may have of an agent; nil if nothing.
  func offerablePart(_ agent: Int, _ parts: inout OfferableParts, to index: UInt32) -> Resources? {
    let capabilities = subscriptions[Int(index)].capabilities
    guard capabilities.isSuperset(of: requiredCapabilities(agent)) else { return nil }
    let role = subscriptions[Int(index)].role
    let part = parts.part(role, capabilities) { roles[Int(role.index)].name }
    return part.isEmpty ? nil : part
  }

  /// Without which capabilities a framework is offered nothing of an agent.
  func requiredCapabilities(_ agent: Int) -> Capabilities {
    var required: Capabilities = []
    if options.filterGPUResources, agents[agent].hasGPUs { required.insert(.gpuResources) }
    if let here = options.domain, let there = agents[agent].domain, here.region != there.region {
      required.insert(.regionAware)
    }
    return required
  }

  private mutating func offer(
    _ agent: Int, _ part: Resources, _ quantities: Quantities, to index: UInt32,
    _ emit: (Allocation) -> Void
  ) {
    let change = agents[agent].offer(part, quantities, to: index, &dimensions)
    beginOffer(index)
    charge(index, change)
    let (framework, role) = (subscriptions[Int(index)].framework, subscriptions[Int(index)].role)
    emit(Allocation(agent: agents[agent].slot, framework: framework, role: role, resources: part))
  }
}
