// Quotas: asked for, checked, written down, set.

import MesetaAllocator
package import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  /// The quotas that hold.
  package var quotas: [RoleQuota] { roleSettings.quotas }

  /// The quotas that hold, of roles that the caller may see.
  func quotas(for peer: Peer) -> [RoleQuota] {
    roleSettings.quotas.filter { authorizer.isAllowed(peer.principal, .viewRole, on: .role($0.role)) }
  }

  /// UPDATE_QUOTA.
  mutating func updateQuota<E: MasterEffects>(
    _ configs: [QuotaConfig], isForced: Bool, request: RequestID, _ peer: Peer, _ effects: inout E
  ) {
    do throws(CallError) {
      let quotas = try exact(configs)
      try checkQuotas(quotas, isForced: isForced)
      try authorizeQuotas(quotas.map(\.role), peer)
      decide(quotas, request, &effects)
    } catch {
      effects.respond(request, .failed(error))
    }
  }

  /// SET_QUOTA, which only sets what is not set yet.
  mutating func setQuota<E: MasterEffects>(
    _ call: QuotaRequest, request: RequestID, _ peer: Peer, _ effects: inout E
  ) {
    func refused(_ problem: String) -> CallError {
      CallError(.badRequest, "Failed to validate set quota request: \(problem)")
    }
    do throws(CallError) {
      guard let config = call.config else {
        throw refused(call.problem ?? "it is not understood")
      }
      if let problem = config.problem { throw refused(problem) }
      guard isAllowed(role: config.role) else { throw refused("Unknown role '\(config.role)'") }
      if decidedSettings.quota(config.role) != nil {
        throw refused("Cannot set quota for role '\(config.role)' which already has quota")
      }
      let quotas = try exact([config])
      if let problem = countingProblem(with: quotas) { throw refused(problem) }
      if let problem = QuotaHierarchy(decided(with: quotas)).problem { throw refused(problem) }
      try authorizeQuotas([config.role], peer)
      if !call.isForced, let problem = overcommitment(by: quotas) {
        throw CallError(
          .conflict,
          "Quota guarantees overcommit the cluster (use 'force' to bypass this check): Total quota \(problem)"
        )
      }
      decide(quotas, request, &effects)
    } catch {
      effects.respond(request, .failed(error))
    }
  }

  /// REMOVE_QUOTA.
  mutating func removeQuota<E: MasterEffects>(
    of role: String, request: RequestID, _ peer: Peer, _ effects: inout E
  ) {
    do throws(CallError) {
      guard decidedSettings.quota(role) != nil else {
        throw CallError(.badRequest, "Failed to remove quota: Role '\(role)' has no quota set")
      }
      let quotas = [RoleQuota(role, Quota())]
      if let problem = QuotaHierarchy(decided(with: quotas)).problem {
        throw CallError(.badRequest, "Failed to remove quota: \(problem)")
      }
      try authorizeQuotas([role], peer)
      decide(quotas, request, &effects)
    } catch {
      effects.respond(request, .failed(error))
    }
  }

  // MARK: Checks

  func isAllowed(role: String) -> Bool { configuration.roles.map { $0.contains(role) } ?? true }

  private func exact(_ configs: [QuotaConfig]) throws(CallError) -> [RoleQuota] {
    var quotas: [RoleQuota] = []
    for config in configs {
      if !isAllowed(role: config.role) {
        throw invalid("'\(config.role)' is not on the roles whitelist")
      }
      guard let quota = config.exact else { throw invalid(config.problem ?? "it is not understood") }
      quotas.append(quota)
    }
    let repeated = quotas.map(\.role).repeated
    if !repeated.isEmpty { throw invalid("duplicate roles \(repeated.braced)") }
    return quotas
  }

  private func invalid(_ problem: String) -> CallError {
    CallError(.badRequest, "Invalid QuotaConfig: \(problem)")
  }

  private func checkQuotas(_ quotas: [RoleQuota], isForced: Bool) throws(CallError) {
    if !isForced {
      for entry in quotas where !entry.quota.limits.isEmpty {
        let consumed = roleUse(entry.role).consumed
        guard !consumed.isWithin(limits: entry.quota.limits) else { continue }
        throw invalid(
          "Role '\(entry.role)' is already consuming '\(consumed)'; this is more than the requested limits "
            + "'\(entry.quota.limits.text)' (use 'force' flag to bypass this check)")
      }
    }
    if let problem = countingProblem(with: quotas) { throw invalid(problem) }
    if let problem = QuotaHierarchy(decided(with: quotas)).problem { throw invalid(problem) }
    if !isForced, let problem = overcommitment(by: quotas) {
      throw invalid("total quota \(problem) (use 'force' flag to bypass this check)")
    }
  }

  /// The quotas as they will be when everything is written, and these.
  private func decided(with quotas: [RoleQuota]) -> RoleSettings {
    var settings = decidedSettings
    for quota in quotas { settings.set(quota) }
    return settings
  }

  /// That the allocator does not count so many different resources.
  private func countingProblem(with quotas: [RoleQuota]) -> String? {
    let names = decided(with: quotas).quotas.flatMap { ($0.quota.guarantees + $0.quota.limits).map(\.name) }
    if allocator.canCount(names) { return nil }
    let new = quotas.flatMap { ($0.quota.guarantees + $0.quota.limits).map(\.name) }
    return "too many different resources are in use for a quota of '\(new.joined(separator: ", "))'"
  }

  /// That more would be guaranteed than there is; agents that are disconnected count, for they tend to come back.
  private func overcommitment(by quotas: [RoleQuota]) -> String? {
    let guarantees = QuotaHierarchy(decided(with: quotas)).totalGuarantees
    var capacity = ResourceSums()
    agents.visit { _, agent in
      for resource in allocator.total(agent.slot) where !resource.isRevocable {
        if case .scalar(let amount) = resource.value { capacity.add(resource.name, amount) }
      }
    }
    if capacity.contains(guarantees) { return nil }
    return "guarantees '\(guarantees)' exceed cluster capacity '\(capacity)'"
  }

  private func authorizeQuotas(_ roles: [String], _ peer: Peer) throws(CallError) {
    for role in roles where !authorizer.isAllowed(peer.principal, .updateQuota, on: .role(role)) {
      throw CallError(.forbidden, "not authorized to update the quota of role '\(role)'")
    }
  }

  // MARK: Setting

  /// Has the registry write quotas down; they hold once that is done.
  private mutating func decide<E: MasterEffects>(
    _ quotas: [RoleQuota], _ request: RequestID, _ effects: inout E
  ) {
    decidedSettings = decided(with: quotas)
    effects.store(registry.begin(.updateQuotas(quotas, request)), .updateQuotas(quotas))
  }

  /// Quotas are written down.
  mutating func setQuotas<E: MasterEffects>(
    _ quotas: [RoleQuota], _ request: RequestID, at time: Time, _ effects: inout E
  ) {
    for entry in quotas {
      roleSettings.set(entry)
      allocator.setQuota(entry.role, entry.quota)
      effects.log(
        .info,
        entry.quota.isDefault
          ? "role \(entry.role) has no quota any more"
          : "the quota of role \(entry.role) is guarantees \(entry.quota.guarantees.text), limits "
            + "\(entry.quota.limits.text)")
    }
    for entry in quotas { rescindOffers(for: entry, at: time, &effects) }
    allocation.want()
    effects.respond(request, .response(.done))
  }

  /// Takes back offers to the role until it is within its limits, and offers to others until its guarantee could be met even
  /// if nothing were free. This may be more than needed, as in Mesos: what is reserved and offered counts twice.
  private mutating func rescindOffers<E: MasterEffects>(
    for entry: RoleQuota, at time: Time, _ effects: inout E
  ) {
    if entry.quota.isDefault { return }
    let use = roleUse(entry.role)
    var held = use.consumed
    held += use.offered
    if !held.isWithin(limits: entry.quota.limits) {
      for id in offers.identifiers() {
        guard let offer = offers.offer(id), Role.isSameOrBelow(roleName(offer.role), entry.role) else {
          continue
        }
        marks.insert(.offerRescindedForQuota)
        offers.remove(id)
        rescind(offer, at: time, &effects)
        held -= ResourceSums(offer.resources)
        if held.isWithin(limits: entry.quota.limits) { break }
      }
    }
    let guarantees = ResourceSums(entry.quota.guarantees)
    guard !held.contains(guarantees) else { return }
    for id in offers.identifiers() {
      guard let offer = offers.offer(id), !Role.isSameOrBelow(roleName(offer.role), entry.role) else {
        continue
      }
      offers.remove(id)
      rescind(offer, at: time, &effects)
      held += ResourceSums(offer.resources)
      if held.contains(guarantees) { break }
    }
  }
}
