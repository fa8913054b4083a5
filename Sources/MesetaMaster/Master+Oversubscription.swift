// What agents give away besides what they have.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  /// An agent has a new estimate of what it may give away for as long as nobody else needs it.
  mutating func updateOversubscribed<E: MasterEffects>(
    _ resources: Resources, ofAgent key: AgentKey, at time: Time, _ effects: inout E
  ) {
    metrics.messagesUpdateSlave += 1
    guard agents.contains(key) else { return }
    if let resource = resources.first(where: { !$0.isRevocable || $0.allocationRole != nil }) {
      metrics.droppedMessages += 1
      return effects.log(
        .error,
        "ignored what agent \(agents[valid: key].id) oversubscribes: \(resource) is not revocable and free")
    }
    let slot = agents[valid: key].slot
    let total = allocator.total(slot).nonRevocable + resources
    if total == allocator.total(slot) { return }
    effects.log(.info, "agent \(agents[valid: key].id) oversubscribes \(resources)")
    // First the total, so that nothing is offered again that is there no longer.
    allocator.updateAgent(slot, total: total)
    rescindOffers(ofAgent: key, at: time, &effects) { $0.isRevocable }
    allocation.want()
  }
}
