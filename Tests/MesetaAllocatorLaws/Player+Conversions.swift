// What operations make of resources: reserved for a role, or no longer.

import MesetaAllocator
import MesetaModel
import MesetaRuntime

extension Player {
  /// An operation of a framework, on a part of an offer.
  mutating func convertOffered() throws(Violation) {
    guard let index = pickIndex(of: offers.count) else { return }
    let offer = offers[index]
    let client = try client(offer)
    guard let (from, to) = conversion(of: offer.resources, RoleNames.path(to: client.role)),
      let total = naive.agents[offer.agent]?.total
    else { return }
    let converted = offer.resources - from + to
    tell { "\(from) becomes \(to) of \($0.name(offer))" }
    let isDone = allocator.convertOffered(offer.agent, offer.framework, offer.role, from: from, to: to)
    guard isDone == total.contains(from) else {
      throw Violation("this is said to be \(isDone ? "" : "im")possible")
    }
    guard isDone else { return }
    naive.agents[offer.agent]?.total = total - from + to
    naive.change(offer.agent, client) { $0.replaceOffered(offer.resources, by: converted) }
    offers[index] = Held(
      agent: offer.agent, framework: offer.framework, role: offer.role, resources: converted)
  }

  /// An operation of an operator, on what nobody holds.
  mutating func convertUnallocated() throws(Violation) {
    guard let agent = pick(agents), let total = naive.agents[agent]?.total,
      let (from, to) = conversion(of: allocator.unallocated(agent), RoleNames.all)
    else { return }
    tell { "\(from) becomes \(to) on \($0.name(agent))" }
    guard allocator.convertUnallocated(agent, from: from, to: to) else {
      throw Violation("what is free cannot be converted")
    }
    naive.agents[agent]?.total = total - from + to
  }

  /// Half of an unreserved resource becomes reserved for one of those roles, or all of a reserved one becomes unreserved.
  private mutating func conversion(
    of bag: Resources, _ roles: [String]
  ) -> (from: Resources, to: Resources)? {
    let candidates = bag.filter { $0.value.kind == .scalar && $0.isDivisible(with: $0) && !$0.isRevocable }
    guard var from = pick(candidates), case .scalar(let scalar) = from.value, let role = pick(roles) else {
      return nil
    }
    var to = from
    if from.reservationRole == nil {
      from.value = .scalar(Scalar(milli: max(1, scalar.milli / 2)))
      to.value = from.value
      to.traits = Traits.reserved(role)
    } else {
      to.traits = ResourceTraits()
    }
    return (Resources([from]), Resources([to]))
  }
}
