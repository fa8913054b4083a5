// What roles are promised, and what they may have at most.
//
// What is reserved for a role counts against its quota all the time, the rest of what its frameworks hold while they
// hold it. So much of what is free is kept, as is missing to the guarantees: a role with a guarantee is kept what is
// missing to its own beyond what is kept for the roles below it.

public import MesetaModel
import MesetaRuntime

extension Allocator {
  /// Sets the quota of a role and everything below it, now and for whenever it is in use. The default quota takes a
  /// quota away. What the role holds already stays its own.
  ///
  /// Returns false, and does nothing, if the quota names a resource and more different names are in use than can be
  /// accounted for (64).
  @discardableResult
  public mutating func setQuota(_ role: String, _ quota: Quota) -> Bool {
    var guarantee = Quantities()
    for quantity in quota.guarantees {
      guard let dimension = dimensions.enter(quantity.name) else { return false }
      guarantee[dimension] = max(guarantee[dimension], quantity.scalar.milli)
    }
    var limit = Ceiling.unbounded
    for quantity in quota.limits {
      guard let dimension = dimensions.enter(quantity.name) else { return false }
      limit.lower(dimension, to: quantity.scalar.milli)
    }
    guard !quota.isDefault || quotas[role] != nil else { return true }
    quotas[role] = quota.isDefault ? nil : quota
    if !hasQuotas {
      free = Quantities()
      agents.visit { free += $1.free }
    }
    let index = self.role(making: role).index
    roles[Int(index)].quota.isDefault = quota.isDefault
    roles[Int(index)].quota.guarantee = guarantee
    roles[Int(index)].quota.limit = limit
    hasQuotas = true  // for the account of the last one that goes
    settleQuotas(from: index)
    updateExhaustion(of: index)
    hasQuotas = !quotas.isEmpty
    removeRoleIfUnused(index)
    lookAtAll()
    return true
  }

  /// The quota of a role, also of one that is not in use; nil if it has none.
  public func quota(_ role: String) -> Quota? { quotas[role] }

  /// What of a role's quota is used: all that is reserved for it or a role below it, and what is unreserved and
  /// offered to or used by them.
  public func quotaConsumed(_ role: String) -> [ResourceQuantity] {
    guard let slot = roleSlots[role] else { return [] }
    let consumed = quotaConsumed(slot.index)
    return dimensions.names.indices.compactMap {
      consumed[$0] == 0 ? nil : ResourceQuantity(dimensions.names[$0], Scalar(milli: consumed[$0]))
    }
  }

  func quotaConsumed(_ role: UInt32) -> Quantities {
    var result = roles[Int(role)].quota.reserved
    result += roles[Int(role)].allocated.charged
    return result
  }

  // MARK: What is kept, and what is left

  /// What is kept of the free resources for all guarantees together.
  var kept: Quantities { roles[Int(Self.root)].quota.keptBelow }

  /// What is kept for a role by its own guarantee and by those of the roles above it.
  func kept(for role: UInt32) -> Quantities {
    var result = Quantities()
    var next: UInt32? = role
    while let index = next {
      result += roles[Int(index)].quota.kept
      next = roles[Int(index)].parent
    }
    return result
  }

  /// What a role may be offered, by its limits and those above it, of what counts against quotas.
  func limit(for role: UInt32) -> Ceiling {
    var result = Ceiling.unbounded
    var next: UInt32? = role
    while let index = next {
      if !roles[Int(index)].quota.limit.isUnbounded {
        result.lower(
          to: roles[Int(index)].quota.limit, less: quotaConsumed(index), count: dimensions.names.count)
      }
      next = roles[Int(index)].parent
    }
    return result
  }

  /// What a role may be offered by what is kept: what is kept for itself, and what is kept for nobody.
  func headroom(for keptForRole: Quantities) -> Ceiling {
    let kept = kept
    if kept.isZero { return .unbounded }
    let spare = free.excess(over: kept)
    var result = Ceiling.unbounded
    for dimension in dimensions.names.indices where kept[dimension] > 0 {
      result.lower(dimension, to: keptForRole[dimension] &+ spare[dimension])
    }
    return result
  }

  // MARK: Keeping the account

  /// Computes anew, after the consumption or the quota of a role changed, what is kept for it and for those above.
  mutating func settleQuotas(from role: UInt32) {
    guard hasQuotas else { return }
    var change = Quantities()
    var next: UInt32? = role
    while let index = next {
      let place = Int(index)
      next = roles[place].parent
      if roles[place].quota.isDefault, roles[place].quota.kept.isZero {
        roles[place].quota.keptBelow += change
        updateNeed(of: index)
        continue
      }
      var before = roles[place].quota.keptBelow
      before += roles[place].quota.kept
      roles[place].quota.keptBelow += change
      let missing = roles[place].quota.guarantee.excess(over: quotaConsumed(index))
      roles[place].quota.kept = missing.excess(over: roles[place].quota.keptBelow)
      change = roles[place].quota.keptBelow
      change += roles[place].quota.kept
      change -= before
      updateNeed(of: index)
      updateExhaustion(of: index)
    }
  }

  /// Enters a role among those whose guarantees are to be met first, or takes it out, and those above.
  mutating func updateNeed(from role: UInt32) {
    guard hasQuotas else { return }
    upward(from: role) { allocator, index in allocator.updateNeed(of: index) }
  }

  private mutating func updateNeed(of role: UInt32) {
    let place = Int(role)
    setNeedy(
      role, roles[place].isListed && (!roles[place].quota.kept.isZero || !roles[place].quota.needy.isEmpty))
  }

  mutating func setNeedy(_ role: UInt32, _ isNeedy: Bool) {
    guard roles[Int(role)].quota.isNeedy != isNeedy, let parent = roles[Int(role)].parent else { return }
    roles[Int(role)].quota.isNeedy = isNeedy
    if isNeedy {
      roles[Int(parent)].quota.needy.insert(roles[Int(role)].rank)
    } else {
      roles[Int(parent)].quota.needy.remove(roles[Int(role)].rank)
    }
  }

  /// Notes whether what is left to the limit of a role is of use to anybody.
  mutating func updateExhaustion(of role: UInt32) {
    let quota = roles[Int(role)].quota
    var isExhausted = false
    if !quota.limit.isUnbounded, quota.customMinimums == 0 {
      var left = Ceiling.unbounded
      left.lower(to: quota.limit, less: quotaConsumed(role), count: dimensions.names.count)
      isExhausted = !defaultMinimum.isPossible(under: left)
    }
    guard quota.isExhausted != isExhausted else { return }
    roles[Int(role)].quota.isExhausted = isExhausted
    exhaustedRoles += isExhausted ? 1 : -1
    markStale(role: role)
  }

  /// Books that one more, or one less, subscription says for itself how much an offer has to hold.
  mutating func countCustomMinimum(_ role: UInt32, _ change: Int) {
    upward(from: role) { allocator, index in
      allocator.roles[Int(index)].quota.customMinimums += change
      allocator.updateExhaustion(of: index)
    }
  }

  /// Books what is reserved on an agent for the roles and those above, or that it no longer is.
  mutating func bookReservations(_ resources: Resources, isAdded: Bool) {
    for resource in resources {
      guard let name = resource.reservationRole else { continue }
      let role = self.role(making: name).index
      roles[Int(role)].reservations += isAdded ? 1 : -1
      let quantities = dimensions.quantities(of: resource)
      if !quantities.isZero {
        upward(from: role) { allocator, index in
          if isAdded {
            allocator.roles[Int(index)].quota.reserved += quantities
          } else {
            allocator.roles[Int(index)].quota.reserved -= quantities
          }
        }
        settleQuotas(from: role)
      }
      removeRoleIfUnused(role)
    }
  }

  /// Lets the next run look again at the agents of which quotas kept something back, because there may be more to
  /// take now.
  mutating func loosenQuotas() {
    guard !run.heldBack.isEmpty else { return }
    for index in run.heldBack {
      guard let agent = agents.key(at: Int(index)), agents[Int(index)].isHeldBack else { continue }
      agents[Int(index)].isHeldBack = false
      lookAt(agent)
    }
    run.heldBack.removeAll(keepingCapacity: true)
  }
}
