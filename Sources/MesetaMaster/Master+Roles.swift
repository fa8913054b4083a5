// Weights of roles, and what operators are told of roles.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  /// The weights that were set, of roles that the caller may see.
  func weights(for peer: Peer) -> [RoleWeight] {
    roleSettings.weights.filter { authorizer.isAllowed(peer.principal, .viewRole, on: .role($0.role)) }
  }

  /// UPDATE_WEIGHTS.
  mutating func updateWeights<E: MasterEffects>(
    _ weights: [RoleWeight], request: RequestID, _ peer: Peer, _ effects: inout E
  ) {
    if let problem = weights.lazy.compactMap(problem).first {
      effects.respond(request, .failed(CallError(.badRequest, problem)))
      return
    }
    for weight in weights
    where !authorizer.isAllowed(peer.principal, .updateWeight, on: .role(weight.role)) {
      let error = CallError(.forbidden, "not authorized to update the weight of role '\(weight.role)'")
      effects.respond(request, .failed(error))
      return
    }
    for weight in weights { decidedSettings.set(weight) }
    effects.store(registry.begin(.updateWeights(weights, request)), .updateWeights(weights))
  }

  private func problem(with weight: RoleWeight) -> String? {
    if let problem = weight.problem { return problem }
    if isAllowed(role: weight.role) { return nil }
    return "Failed to validate update weights request JSON: Unknown role '\(weight.role)'"
  }

  /// Weights are written down. If a role of theirs is in use, every offer is taken back, so that they come to bear at once.
  mutating func setWeights<E: MasterEffects>(
    _ weights: [RoleWeight], _ request: RequestID, at time: Time, _ effects: inout E
  ) {
    for weight in weights {
      roleSettings.set(weight)
      allocator.setWeight(weight.role, weight.weight)
      effects.log(.info, "the weight of role \(weight.role) is \(weight.weight)")
    }
    if weights.contains(where: { allocator.role($0.role) != nil }) {
      for id in offers.identifiers() {
        if let offer = offers.remove(id) { rescind(offer, at: time, &effects) }
      }
      allocation.want()
    }
    effects.respond(request, .response(.done))
  }

  /// The roles that are in use or that something was set for, by name. O(agents + frameworks).
  func describeRoles(for peer: Peer) -> [RoleDescription] {
    let uses = roleUses()
    var subscribers: [String: [FrameworkID]] = [:]
    frameworks.visit { _, framework in
      for role in framework.info.subscribedRoles { subscribers[role, default: []].append(framework.id) }
    }
    var names = Set(uses.roles).union(subscribers.keys)
    names.formUnion(roleSettings.quotas.map(\.role))
    names.formUnion(roleSettings.weights.map(\.role))
    names.formUnion(configuration.roles ?? [])
    return names.sorted().compactMap { name in
      guard authorizer.isAllowed(peer.principal, .viewRole, on: .role(name)) else { return nil }
      let use = uses[name]
      return RoleDescription(
        name, weight: allocator.weight(name), frameworks: subscribers[name] ?? [],
        allocated: use.allocated.quantities, offered: use.offered.quantities,
        reserved: use.reserved.quantities, consumed: use.consumed.quantities,
        quota: roleSettings.quota(name) ?? Quota())
    }
  }
}
