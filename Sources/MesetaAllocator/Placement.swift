// Which bundles of a demand are on which agents.

import MesetaModel
import MesetaRuntime

/// The bundles of one demand that have found a place, and those that have not.
struct Placement: Codable, Sendable {
  /// One bundle on its agent.
  struct Piece: Codable, Sendable {
    let agent: AgentSlot
    /// Which of the demand's bundles.
    let bundle: Int
    let resources: Resources
    /// Where the agent is, as far as the bundles are to be spread.
    let domain: SpreadDomain?
  }

  /// A part of one bundle on the agent on which the rest is to become free.
  struct Claim: Codable, Sendable {
    let agent: AgentSlot
    let bundle: Int
    let resources: Resources
    let domain: SpreadDomain?
    /// How much it is: its dominant share.
    let size: Double
  }

  private(set) var pieces: [Piece] = []
  /// At most one an agent, and no more than bundles that have no place.
  private(set) var claims: [Claim] = []
  /// By bundle: how many have no place.
  private(set) var missing: [Int]
  private(set) var missingCount: Int
  /// By bundle: of how many a part is claimed.
  private var claimed: [Int]
  /// How many bundles, and how many parts, are in each domain. Look-up only.
  private var spread: [SpreadDomain: Int] = [:]
  private var claimedSpread: [SpreadDomain: Int] = [:]

  init(_ counts: [Int]) {
    self.missing = counts
    self.missingCount = counts.reduce(0, +)
    self.claimed = counts.map { _ in 0 }
  }

  init(_ bundles: [DemandLedger.Bundle]) { self.init(bundles.map(\.count)) }

  var isComplete: Bool { missingCount == 0 }

  /// How many more bundles may be placed in a domain.
  func room(in domain: SpreadDomain?, limit: Int?) -> Int {
    guard let domain, let limit else { return missingCount }
    return limit - (spread[domain] ?? 0)
  }

  mutating func add(_ piece: Piece) {
    pieces.append(piece)
    missing[piece.bundle] -= 1
    missingCount -= 1
    if let domain = piece.domain { spread[domain, default: 0] += 1 }
  }

  mutating func add(_ claim: Claim) {
    claims.append(claim)
    claimed[claim.bundle] += 1
    if let domain = claim.domain { claimedSpread[domain, default: 0] += 1 }
  }

  mutating func takeClaim(on agent: AgentSlot) -> Claim? {
    claims.firstIndex { $0.agent == agent }.map { removeClaim(at: $0) }
  }

  private mutating func removeClaim(at index: Int) -> Claim {
    let claim = claims.remove(at: index)
    claimed[claim.bundle] -= 1
    if let domain = claim.domain { claimedSpread[domain, default: 0] -= 1 }
    return claim
  }

  /// Whether one more bundle may be claimed in a domain.
  func isClaimable(_ bundle: Int, _ domain: SpreadDomain?, limit: Int?) -> Bool {
    guard claimed[bundle] < missing[bundle] else { return false }
    guard let domain, let limit else { return true }
    return (spread[domain] ?? 0) + (claimedSpread[domain] ?? 0) < limit
  }

  /// Takes a claim for which there is no bundle any more, or no room in its domain: the smallest of those.
  mutating func takeSuperfluousClaim(limit: Int?) -> Claim? {
    let superfluous = claims.indices.filter { index in
      let claim = claims[index]
      if claimed[claim.bundle] > missing[claim.bundle] { return true }
      guard let domain = claim.domain, let limit else { return false }
      return (spread[domain] ?? 0) + (claimedSpread[domain] ?? 0) > limit
    }
    return superfluous.min { claims[$0].size < claims[$1].size }.map { removeClaim(at: $0) }
  }

  /// Takes the bundles of an agent, and parts of them, away from it: they have no place any more.
  mutating func removeAll(on agent: AgentSlot) {
    _ = takeClaim(on: agent)
    for piece in pieces where piece.agent == agent {
      missing[piece.bundle] += 1
      missingCount += 1
      if let domain = piece.domain { spread[domain, default: 0] -= 1 }
    }
    pieces.removeAll { $0.agent == agent }
  }

  /// The agents on which bundles or parts of them are, ascending, with their sums.
  var byAgent: [(agent: AgentSlot, resources: Resources)] {
    let parts = pieces.map { ($0.agent, $0.resources) } + claims.map { ($0.agent, $0.resources) }
    var result: [(agent: AgentSlot, resources: Resources)] = []
    for (agent, resources) in parts.sorted(by: { $0.0 < $1.0 }) {
      if let last = result.indices.last, result[last].agent == agent {
        result[last].resources += resources
      } else {
        result.append((agent, resources))
      }
    }
    return result
  }

  /// All that has a place or is claimed.
  var resources: Resources { byAgent.reduce(into: Resources()) { $0 += $1.resources } }

  /// On how many agents whole bundles are.
  var agentCount: Int { Set(pieces.map(\.agent)).count }
}

/// What agents have in common across which bundles are to be spread.
enum SpreadDomain: Hashable, Codable, Sendable {
  case agent(UInt32)
  case zone(FaultDomain)
  case region(String)
  case attribute(Attribute.Value)
}

extension Allocator {
  /// Where an agent is, as far as a spread is concerned; nil if the spread does not allow it.
  func spreadDomain(_ agent: Int, _ domain: GangDemand.Spread.Domain) -> SpreadDomain? {
    switch domain {
    case .agent: .agent(UInt32(agent))
    case .zone: agents[agent].domain.map { .zone($0) }
    case .region: agents[agent].domain.map { .region($0.region) }
    case .attribute(let name):
      constraints.attributes(of: agent).first { $0.name == name }.map { .attribute($0.value) }
    }
  }

  /// Places as many of the missing bundles as fit on an agent, the largest first, and charges them to the ceiling.
  ///
  /// - Parameter isEmptied: as if the agent were there for the demand alone.
  func place(
    _ demand: DemandLedger, _ placement: inout Placement, on agent: Int, _ ceiling: inout Ceiling,
    isEmptied: Bool = false
  ) {
    let amounts = isEmptied ? agents[agent].totalAmounts.all : agents[agent].unallocatedAmounts.all
    guard isEmptied || agents[agent].isActive,
      demand.bundles.indices.contains(where: {
        placement.missing[$0] > 0 && amounts.covers(demand.bundles[$0].amounts)
      }), mayUse(demand.subscription, agent)
    else { return }
    var domain: SpreadDomain?
    if let spread = demand.spread {
      domain = spreadDomain(agent, spread.domain)
      if domain == nil { return }
    }
    let slot = agents[agent].slot
    var rest = usable(isEmptied ? agents[agent].total : agents[agent].unallocated, demand.subscription)
    for bundle in demand.bundles.indices {
      while placement.missing[bundle] > 0, placement.room(in: domain, limit: demand.spread?.limit) > 0 {
        var left = rest
        guard let part = left.take(demand.bundles[bundle].need) else { break }
        let charged = dimensions.amounts(of: part).charged
        guard ceiling.covers(charged) else { break }
        ceiling.lower(to: ceiling, less: charged, count: dimensions.names.count)
        rest = left
        placement.add(Placement.Piece(agent: slot, bundle: bundle, resources: part, domain: domain))
      }
    }
  }

  /// A part of a bundle that has no place, on an agent on which there is some, but not enough, of all it needs.
  ///
  /// - Parameter pieces: the bundles that were placed there, but are not booked yet.
  func claim(
    _ demand: DemandLedger, _ placement: Placement, on agent: Int, after pieces: Resources, _ ceiling: Ceiling
  ) -> Placement.Claim? {
    guard agents[agent].isActive, mayUse(demand.subscription, agent) else { return nil }
    var domain: SpreadDomain?
    if let spread = demand.spread {
      domain = spreadDomain(agent, spread.domain)
      if domain == nil { return nil }
    }
    let free = usable(agents[agent].unallocated, demand.subscription) - pieces
    let pending = agents[agent].index(of: demand.subscription).map { agents[agent].holdings[$0].pending }
    let whole = usable(agents[agent].total, demand.subscription) - (pending ?? Resources()) - pieces
    for bundle in demand.bundles.indices
    where placement.isClaimable(bundle, domain, limit: demand.spread?.limit) {
      let need = demand.bundles[bundle].need
      var rest = free
      let part = rest.takeAvailable(need).chopped(to: ceiling, dimensions)
      guard need.allSatisfy({ want in part.contains { $0.name == want.name } }), whole.find(need) != nil
      else { continue }
      return Placement.Claim(
        agent: agents[agent].slot, bundle: bundle, resources: part, domain: domain,
        size: dimensions.dominantShare(of: dimensions.amounts(of: part).all, in: total))
    }
    return nil
  }

  /// Whether anything of an agent may go to a subscription.
  private func mayUse(_ subscription: UInt32, _ agent: Int) -> Bool {
    subscriptions[Int(subscription)].capabilities.isSuperset(of: requiredCapabilities(agent))
      && !constraints.evaluated(agent, subscription)
  }

  /// What of some resources may go to a subscription.
  private func usable(_ resources: Resources, _ subscription: UInt32) -> Resources {
    if resources.isForEveryone { return resources }
    let role = roles[Int(subscriptions[Int(subscription)].role.index)].name
    let capabilities = subscriptions[Int(subscription)].capabilities
    return Resources(resources.filter { OfferableParts.isOfferable($0, role, capabilities) })
  }

  /// What quotas leave to a demand of what is free.
  func ceiling(of demand: DemandLedger) -> Ceiling {
    guard hasQuotas else { return .unbounded }
    let role = subscriptions[Int(demand.subscription)].role.index
    var result = limit(for: role)
    result.lower(to: headroom(for: kept(for: role)), count: dimensions.names.count)
    return result
  }
}
