// DEMAND and WITHDRAW, which Mesos does not have: a framework wants resources all at once or not at all.
//
// A demand is for the session that makes it: it ends with that, and a framework that comes back demands anew. The offers
// of one that was met are offers as any others: each may expire, be rescinded, accepted and declined by itself.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  mutating func demand(_ demand: GangDemand, of key: FrameworkKey, at time: Time) -> Outcome {
    func refused(_ code: CallError.Code, _ reason: String) -> Outcome {
      .failed(CallError(code, "Demand '\(demand.id)' is not accepted: \(reason)"))
    }
    let timeout = demand.timeout.map { Span(nanoseconds: $0) } ?? configuration.demandTimeout
    if timeout > configuration.maxDemandTimeout {
      return refused(
        .badRequest,
        "its timeout of \(timeout) is longer than the \(configuration.maxDemandTimeout) of --max_demand_timeout"
      )
    }
    if demands.find(demand.id, of: key) != nil {
      return refused(.conflict, "there is one of that id already, which waits")
    }
    guard demands.demands(of: key).count < configuration.maxDemandsPerFramework else {
      return refused(
        .badRequest,
        "\(configuration.maxDemandsPerFramework) demands of the framework wait, which is as many as may")
    }
    let slot = allocator.addDemand(
      frameworks[valid: key].slot, demand, deadline: time.monotonic + timeout)
    guard let slot else {
      return refused(.badRequest, "the framework is not subscribed to role '\(demand.role)'")
    }
    demands.add(slot, demand.id, of: key)
    allocation.want()
    return .accepted
  }

  mutating func withdraw(_ id: DemandID, of key: FrameworkKey) -> Outcome {
    guard let slot = demands.find(id, of: key) else {
      return .failed(
        CallError(.notFound, "Demand '\(id)' is not known: it was met, has failed or was never made"))
    }
    withdraw(slot)
    return .accepted
  }

  /// Forgets the demands of a framework whose session is over.
  mutating func withdrawDemands(of key: FrameworkKey) {
    for slot in demands.demands(of: key) {
      marks.insert(.demandEndedWithSession)
      withdraw(slot)
    }
  }

  private mutating func withdraw(_ slot: DemandSlot) {
    _ = demands.take(slot)
    allocator.withdrawDemand(slot)
    allocation.want()
  }

  /// Tells frameworks which of their demands were met, with the offers, all that there are.
  mutating func tellMet<E: MasterEffects>(_ met: [MetDemand], _ effects: inout E) {
    for demand in met {
      guard let entry = demands.take(demand.slot) else { continue }
      metrics.offersSent += UInt64(demand.offers.count)
      count(.offersSent, of: entry.framework, demand.offers.count)
      effects.log(
        .debug,
        "demand \(entry.id) of framework \(frameworks[entry.framework]?.id.value ?? "?") is met with "
          + "\(demand.offers.count) offers")
      send(.demandMet(entry.id, demand.offers), to: entry.framework, &effects)
    }
  }

  /// Tells frameworks which of their demands have failed.
  mutating func tellFailed<E: MasterEffects>(_ effects: inout E) {
    for failed in allocator.takeFailedDemands() {
      guard let entry = demands.take(failed.demand) else { continue }
      let failure = DemandFailure(
        entry.id, failed.reason, failed.message, placed: failed.placed, agents: failed.agents,
        wanted: failed.wanted)
      send(.demandFailed(failure), to: entry.framework, &effects)
    }
  }
}

/// The offers that an allocation run makes for one demand.
struct MetDemand {
  let slot: DemandSlot
  var offers: [Offer]
}

extension [MetDemand] {
  /// Adds an offer; those of one demand follow each other.
  mutating func add(_ offer: Offer, _ slot: DemandSlot) {
    if let last = indices.last, self[last].slot == slot {
      self[last].offers.append(offer)
    } else {
      append(MetDemand(slot: slot, offers: [offer]))
    }
  }
}
