// Asking frameworks to do without agents that are to go down for maintenance.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  /// Sends each framework the inverse offers that are due as one event.
  mutating func sendInverseOffers<E: MasterEffects>(at time: Time, _ effects: inout E) {
    var groups: [(framework: FrameworkKey, offers: [InverseOffer])] = []
    var places: [FrameworkKey: Int] = [:]
    var made: [InverseAllocation] = []
    allocator.allocateInverse(now: time.monotonic) { made.append($0) }
    for inverse in made {
      guard let agent = agentsByAccount[Int(inverse.agent.index)], agents.contains(agent),
        let framework = frameworksByAccount[Int(inverse.framework.index)], frameworks.contains(framework)
      else {
        assertionFailure("the allocator asks about an agent or a framework that is gone")
        continue
      }
      let id = offers.nextID()
      inverseOffers.add(id, framework: framework, agent: agent)
      let offer = InverseOffer(
        id: id, frameworkID: frameworks[valid: framework].id, agentID: agents[valid: agent].id,
        unavailability: inverse.unavailability)
      if let place = places[framework] {
        groups[place].offers.append(offer)
      } else {
        places[framework] = groups.count
        groups.append((framework, [offer]))
      }
    }
    for (framework, offers) in groups { send(.inverseOffers(offers), to: framework, &effects) }
  }

  /// ACCEPT_INVERSE_OFFERS and DECLINE_INVERSE_OFFERS.
  mutating func answerInverseOffers<E: MasterEffects>(
    _ ids: [OfferID], isAccepted: Bool, _ filters: Filters, of key: FrameworkKey, at time: Time,
    _ effects: inout E
  ) {
    let call = isAccepted ? "ACCEPT_INVERSE_OFFERS" : "DECLINE_INVERSE_OFFERS"
    let id = frameworks[valid: key].id
    if ids.isEmpty {
      effects.log(.warning, "ignored \(call) of framework \(id): No inverse offers specified")
    }
    for offer in ids {
      guard let taken = inverseOffers.take(offer, from: key) else {
        effects.log(
          .warning, "ignored \(call) of framework \(id): Inverse offer \(offer) is no longer valid")
        continue
      }
      guard agents.contains(taken.agent) else { continue }
      allocator.answerInverse(
        agents[valid: taken.agent].slot, frameworks[valid: key].slot,
        InverseOfferAnswer(id, isAccepted: isAccepted, time: time.wall), refuse: filters.refusal,
        now: time.monotonic)
      effects.log(
        .info,
        "framework \(id) \(isAccepted ? "can" : "cannot") do without agent \(agents[valid: taken.agent].id)")
    }
    allocation.wantAtInterval()
  }

  /// Takes back every inverse offer about an agent.
  mutating func rescindInverseOffers<E: MasterEffects>(ofAgent agent: AgentKey, _ effects: inout E) {
    for offer in inverseOffers.takeAll(ofAgent: agent) {
      recover(offer)
      send(.rescindInverseOffer(offer.id), to: offer.framework, &effects)
    }
  }

  /// Takes back every inverse offer to a framework that cannot hear of it.
  mutating func discardInverseOffers(ofFramework framework: FrameworkKey) {
    for offer in inverseOffers.takeAll(ofFramework: framework) { recover(offer) }
  }

  private mutating func recover(_ offer: InverseOfferEntry) {
    guard agents.contains(offer.agent), frameworks.contains(offer.framework) else { return }
    allocator.recoverInverse(agents[valid: offer.agent].slot, frameworks[valid: offer.framework].slot)
  }
}
