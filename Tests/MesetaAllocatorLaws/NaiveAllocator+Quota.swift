// What quotas leave to a role, from the definitions.

import MesetaAllocator
import MesetaModel

extension NaiveAllocator {
  /// The sums over all agents, of a state.
  struct Sums {
    var total = Amount.zero
    /// What is free on active agents of what counts against quotas.
    var free = Amount.zero
    var held: [Client: Amount] = [:]
    /// What of that counts against quotas.
    var charged: [Client: Amount] = [:]
    var reserved: [String: Amount] = [:]

    func held(_ isMeant: (Client) -> Bool) -> Amount {
      held.reduce(.zero) { isMeant($1.key) ? $0 &+ $1.value : $0 }
    }
  }

  var sums: Sums {
    var sums = Sums()
    for agent in agents.values {
      sums.total &+= Amount(of: agent.total)
      if agent.isActive { sums.free &+= Amount.charged(agent.unallocated) }
      for (client, holding) in agent.holdings {
        let held = holding.offeredSum + holding.usedSum
        sums.held[client, default: .zero] &+= Amount(of: held)
        sums.charged[client, default: .zero] &+= Amount.charged(held)
      }
      for role in Set(agent.total.compactMap(\.reservationRole)) {
        sums.reserved[role, default: .zero] &+= Amount(of: agent.total) { $0.reservationRole == role }
      }
    }
    return sums
  }

  /// How far the roles are from their quotas, in a state.
  struct QuotaStanding {
    private let quotas: [String: Quota]
    /// The roles at or below which somebody says for itself how much an offer has to hold.
    private let withOwnMinimums: Set<String>
    private let minimalAllocatable: [[ResourceQuantity]]
    let free: Amount
    /// What is reserved for a role and below it, and what its frameworks and those below hold of what is unreserved.
    private(set) var consumed: [String: Amount] = [:]
    /// What has to stay free for the guarantee of a role and for those below it: what is missing to its own, or what
    /// those below need, whichever is more.
    private(set) var required: [String: Amount] = [:]
    private var requiredBelow: [String: Amount] = [:]

    init(_ naive: NaiveAllocator, _ sums: Sums) {
      quotas = naive.quotas
      free = sums.free
      minimalAllocatable = naive.options.minimalAllocatable
      withOwnMinimums = Set(naive.frameworks.values.flatMap { $0.minimums.keys.flatMap(RoleNames.path) })
      if quotas.isEmpty { return }
      for role in RoleNames.all {
        var amount = sums.charged.reduce(Amount.zero) {
          RoleNames.isWithin($1.key.role, role) ? $0 &+ $1.value : $0
        }
        for (owner, reserved) in sums.reserved where RoleNames.isWithin(owner, role) { amount &+= reserved }
        consumed[role] = amount
      }
      for role in RoleNames.upward {
        let guarantee = Amount(quotas[role]?.guarantees ?? [], others: 0)
        let missing = guarantee.excess(over: consumed(role))
        required[role] = pointwiseMax(missing, requiredBelow[role] ?? .zero)
        requiredBelow[RoleNames.parent(role) ?? "", default: .zero] &+= required[role] ?? .zero
      }
    }

    func consumed(_ role: String) -> Amount { consumed[role] ?? .zero }

    /// What has to stay free for all guarantees together.
    var requiredInAll: Amount { requiredBelow[""] ?? .zero }

    /// What is kept for a role: by its own guarantee, and by those of the roles above it, beyond what is kept for the
    /// roles below these.
    func kept(for role: String) -> Amount {
      RoleNames.path(to: role).reduce(.zero) {
        $0 &+ (required[$1] ?? .zero) &- (requiredBelow[$1] ?? .zero)
      }
    }

    func limit(_ role: String) -> Amount { Amount(quotas[role]?.limits ?? [], others: .max) }

    /// What a role may be offered yet of what counts against quotas.
    func ceiling(for role: String) -> Amount {
      if quotas.isEmpty { return .unbounded }
      var result = Amount.unbounded
      for role in RoleNames.path(to: role) {
        result = pointwiseMin(result, left(limit(role), consumed(role)))
      }
      var headroom = kept(for: role) &+ free.excess(over: requiredInAll)
      headroom.replace(with: .max, where: requiredInAll .<= .zero)
      return pointwiseMin(result, headroom)
    }

    private func left(_ limit: Amount, _ consumed: Amount) -> Amount {
      limit.excess(over: consumed).replacing(with: .max, where: limit .== .max)
    }

    /// Whether a role has so little left to its own limit that it is served after all others.
    func isExhausted(_ role: String) -> Bool {
      guard let quota = quotas[role], !quota.limits.isEmpty, !withOwnMinimums.contains(role),
        !minimalAllocatable.isEmpty
      else { return false }
      let left = left(limit(role), consumed(role))
      return !minimalAllocatable.contains { Amount($0, others: 0).fits(in: left) }
    }
  }
}

extension Amount {
  func fits(in other: Amount) -> Bool { indices.allSatisfy { self[$0] <= other[$0] } }
}
