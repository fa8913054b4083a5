// Operators reserve resources and make volumes, out of what nobody uses.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  mutating func operate<E: MasterEffects>(
    _ wanted: OperatorOperation, on id: AgentID, _ principal: Principal?, at time: Time, _ effects: inout E
  ) -> Outcome {
    guard let agent = agentsByID[id] else {
      return .failed(
        CallError(
          .badRequest, "No agent found with specified ID: no agent \(id) is registered; GET_AGENTS lists them"
        ))
    }
    let operation = wanted.operation
    let target: OperationTarget
    do throws(OperationProblem) {
      target = try self.target(of: operation, on: agent)
    } catch {
      return .failed(
        CallError(.unavailable, "\(wanted.name) on agent \(agents[valid: agent].name): \(error.text)"))
    }
    if let problem = problem(with: operation, of: principal, on: agent) {
      return .failed(
        CallError(
          .badRequest, "Invalid \(operation.name) operation on agent \(agents[valid: agent].name): \(problem)"
        ))
    }
    do throws(OperationProblem) {
      try authorize(
        operation, principal, principal.map { "Principal '\($0.name)'" } ?? "An anonymous operator")
    } catch {
      return .failed(CallError(.forbidden, error.text))
    }
    if let problem = convert(operation, on: agent, at: time, &effects) {
      return .failed(CallError(.conflict, "Invalid \(operation.name) Operation: \(problem)"))
    }
    send(operation, of: nil, to: agent, target, &effects)
    allocation.want()
    return .response(.done)
  }

  private func problem(with operation: Operation, of principal: Principal?, on agent: AgentKey) -> String? {
    OperationValidation(
      requester: .operator, principal: principal?.name,
      agentCapabilities: agents[valid: agent].registration.capabilities,
      total: allocator.total(agents[valid: agent].slot), used: allocator.used(agents[valid: agent].slot)
    ).problem(with: operation)
  }

  /// Converts what nobody holds, for which offers are taken back as far as that helps; or says why that is not possible.
  private mutating func convert<E: MasterEffects>(
    _ operation: Operation, on agent: AgentKey, at time: Time, _ effects: inout E
  ) -> String? {
    guard let conversions = operation.conversions else { return "it is not supported by this version" }
    let (consumed, converted) = conversions.total
    if case .destroy(let volumes) = operation.kind {
      rescindOffers(ofAgent: agent, holding: volumes, at: time, &effects)
    }
    let slot = agents[valid: agent].slot
    var missing = consumed - allocator.unallocated(slot)
    var helpful: [OfferID] = []
    for id in offers.identifiers(ofAgent: agent) where !missing.isEmpty {
      guard let offer = offers.offer(id) else { continue }
      let rest = missing - offer.resources
      if rest == missing { continue }
      missing = rest
      helpful.append(id)
    }
    if !missing.isEmpty {
      return "\(allocator.unallocated(slot) + allocator.offered(slot)) does not contain \(consumed)"
    }
    for id in helpful {
      if let offer = offers.remove(id) { rescind(offer, at: time, &effects) }
    }
    if allocator.convertUnallocated(slot, from: consumed, to: converted) { return nil }
    return "\(allocator.unallocated(slot)) does not contain \(consumed)"
  }
}
