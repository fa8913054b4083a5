// Making offers, taking them back, and what becomes of their resources.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  /// Runs the allocator if that is due, and sends each framework what it got as one event.
  mutating func runAllocation<E: MasterEffects>(at time: Time, _ effects: inout E) {
    guard allocation.isDue(time.monotonic, filterEnd: allocator.lookUpNextWake()) else { return }
    count(.allocationRuns)
    effects.allocationBegins(dueSince: time.monotonic)
    defer { effects.allocationEnds() }
    let expiry = configuration.offerTimeout.map { time.monotonic + $0 } ?? .never
    // Taken out, for its memory.
    var allocations: [Allocation] = []
    swap(&allocations, &self.allocations)
    var met: [MetDemand] = []
    let isFinished = allocator.allocate(now: time.monotonic, limit: configuration.allocationSlice) {
      allocations.append($0)
    }
    for made in allocations {
      guard let agentKey = agentsByAccount[Int(made.agent.index)], agents.contains(agentKey),
        let frameworkKey = frameworksByAccount[Int(made.framework.index)], frameworks.contains(frameworkKey)
      else {
        assertionFailure("the allocator offered for an agent or a framework that is gone")
        continue
      }
      let id = offers.add(
        framework: frameworkKey, agent: agentKey, role: made.role, resources: made.resources, expiry: expiry)
      let offer = describe(made, id, of: agentKey, to: frameworkKey)
      if let demand = made.demand {
        met.add(offer, demand)
      } else {
        offersByFramework.add(offer, to: frameworkKey)
      }
    }
    allocations.removeAll(keepingCapacity: allocations.count <= Self.keptAllocations)
    swap(&allocations, &self.allocations)
    tellMet(met, &effects)
    tellFailed(&effects)
    while let group = offersByFramework.takeNext() {
      metrics.offersSent += UInt64(group.offers.count)
      count(.offersSent, of: group.framework, group.offers.count)
      effects.log(
        .debug, "\(group.offers.count) offers to framework \(frameworks[group.framework]?.id.value ?? "?")")
      send(.offers(group.offers), to: group.framework, &effects)
    }
    if isFinished { sendInverseOffers(at: time, &effects) } else { marks.insert(.allocationCut) }
    allocation.ran(time.monotonic, isFinished: isFinished, interval: configuration.allocationInterval)
  }

  /// Memory for so many is kept from run to run.
  private static let keptAllocations = 64

  /// Mutating, so that it looks where the tables stand: what is not is handed a copy of the whole master.
  private mutating func describe(
    _ made: Allocation, _ id: OfferID, of agent: AgentKey, to framework: FrameworkKey
  ) -> Offer {
    let role = lookUpRoleName(made.role)
    let executors =
      agents[valid: agent].executors.entries.isEmpty
      ? [] : agents[valid: agent].executors.entries(of: framework).map(\.info.id)
    return Offer(
      id: id, frameworkID: frameworks[valid: framework].id, agentID: agents[valid: agent].id,
      hostname: agents[valid: agent].registration.info.hostname,
      resources: made.resources.allocated(to: role),
      attributes: agents[valid: agent].registration.info.attributes, executorIDs: executors,
      allocationRole: role, domain: agents[valid: agent].registration.info.domain,
      unavailability: agents[valid: agent].unavailability)
  }

  /// Takes back the offers that were not answered in time.
  mutating func expireOffers<E: MasterEffects>(at time: Time, _ effects: inout E) {
    while let offer = offers.takeExpired(time.monotonic) {
      metrics.offersExpired += 1
      marks.insert(.offerExpired)
      rescind(offer, at: time, &effects)
    }
  }

  /// Takes back every offer of an agent, and every inverse offer about it.
  mutating func rescindOffers<E: MasterEffects>(
    ofAgent agent: AgentKey, at time: Time, _ effects: inout E
  ) {
    while let offer = offers.takeOffer(ofAgent: agent) { rescind(offer, at: time, &effects) }
    rescindInverseOffers(ofAgent: agent, &effects)
  }

  /// Takes back the offers of an agent that hold some resource that is meant.
  mutating func rescindOffers<E: MasterEffects>(
    ofAgent agent: AgentKey, at time: Time, _ effects: inout E, where isMeant: (Resource) -> Bool
  ) {
    for id in offers.identifiers(ofAgent: agent) {
      guard let offer = offers.offer(id), offer.resources.contains(where: isMeant) else { continue }
      offers.remove(id)
      rescind(offer, at: time, &effects)
    }
  }

  /// Takes back a framework's offers for some of its roles.
  mutating func rescindOffers<E: MasterEffects>(
    ofFramework framework: FrameworkKey, roles: [String], at time: Time, _ effects: inout E
  ) {
    for id in offers.identifiers(ofFramework: framework) {
      guard let offer = offers.offer(id), roles.contains(roleName(offer.role)) else { continue }
      marks.insert(.offerRescindedForRole)
      offers.remove(id)
      rescind(offer, at: time, &effects)
    }
  }

  /// Takes back every offer and inverse offer of a framework that cannot hear of it.
  mutating func discardOffers(ofFramework framework: FrameworkKey, at time: Time) {
    while let offer = offers.takeOffer(ofFramework: framework) {
      recover(offer, offer.resources, refuse: nil, at: time)
      allocation.want()
    }
    discardInverseOffers(ofFramework: framework)
  }

  mutating func rescind<E: MasterEffects>(
    _ offer: OfferEntry, at time: Time, _ effects: inout E
  ) {
    metrics.offersRescinded += 1
    count(.offersRescinded, of: offer.framework)
    recover(offer, offer.resources, refuse: nil, at: time)
    allocation.want()
    send(.rescind(offers.identifier(offer)), to: offer.framework, &effects)
  }

  /// Gives back what was not used of an offer.
  mutating func recover(_ offer: OfferEntry, _ resources: Resources, refuse: Span?, at time: Time) {
    guard agents.contains(offer.agent), frameworks.contains(offer.framework) else { return }
    allocator.recoverOffered(
      agents[valid: offer.agent].slot, frameworks[valid: offer.framework].slot, offer.role, resources,
      refuse: refuse, now: time.monotonic)
  }

  func roleName(_ role: RoleSlot) -> String { allocator.roleName(role) ?? Role.anyone }

  /// The same, looked up in place: what is not mutating is handed a copy of the whole master.
  mutating func lookUpRoleName(_ role: RoleSlot) -> String { allocator.lookUpRoleName(role) ?? Role.anyone }

  /// Sends an event to a framework, if it is connected.
  mutating func send<E: MasterEffects>(
    _ event: consuming SchedulerEvent, to framework: FrameworkKey, _ effects: inout E
  ) {
    guard frameworks.contains(framework), let session = frameworks[valid: framework].session else { return }
    if frameworks[valid: framework].isQuiet { frameworks[valid: framework].isQuiet = false }
    count(event, of: framework)
    effects.send(.schedulerEvent(event), to: session)
  }
}
