// What operators and command line tools ask.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  mutating func receive<E: MasterEffects>(
    _ call: OperatorCall, request: RequestID, _ peer: Peer, at time: Time, _ effects: inout E
  ) {
    guard authorizer.isAllowed(peer.principal, .viewCluster, on: .cluster) else {
      effects.respond(request, .failed(CallError(.forbidden, "not authorized to call \(call.name)")))
      return
    }
    switch call {
    case .getMaster: effects.respond(request, .response(.master(info)))
    case .getAgents:
      effects.respond(request, .response(.agents(describeAgents(), recovered: absentAgents.all)))
    case .getFrameworks: effects.respond(request, .response(.frameworks(describeFrameworks())))
    case .getTasks: effects.respond(request, .response(.tasks(describeTasks() + describeUnreachableTasks())))
    case .teardown(let id):
      guard let key = frameworksByID[id] else {
        let error = CallError(.badRequest, "No framework found with specified ID")
        effects.respond(request, .failed(error))
        return
      }
      guard authorizer.isAllowed(peer.principal, .teardownFramework, on: .cluster) else {
        effects.respond(request, .failed(CallError(.forbidden, "not authorized to tear down \(id)")))
        return
      }
      effects.respond(request, .response(.done))
      remove(key, at: time, &effects)
    case .operate(let agent, let operation):
      effects.respond(request, operate(operation, on: agent, peer.principal, at: time, &effects))
    case .getOperations: effects.respond(request, .response(.operations(operations.records)))
    case .getQuota: effects.respond(request, .response(.quota(quotas(for: peer))))
    case .updateQuota(let configs, let isForced):
      updateQuota(configs, isForced: isForced, request: request, peer, &effects)
    case .setQuota(let call): setQuota(call, request: request, peer, &effects)
    case .removeQuota(let role): removeQuota(of: role, request: request, peer, &effects)
    case .getWeights: effects.respond(request, .response(.weights(weights(for: peer))))
    case .updateWeights(let weights): updateWeights(weights, request: request, peer, &effects)
    case .getRoles: effects.respond(request, .response(.roles(describeRoles(for: peer))))
    case .explain(let framework, let agent, let role):
      do throws(CallError) {
        let explanation = try explain(framework, agentID: agent, role: role, peer, at: time)
        effects.respond(request, .response(.explanation(explanation)))
      } catch {
        effects.respond(request, .failed(error))
      }
    case .getMaintenanceSchedule, .getMaintenanceStatus, .updateMaintenanceSchedule, .startMaintenance,
      .stopMaintenance, .deactivateAgent, .drainAgent, .reactivateAgent, .markAgentGone:
      receiveMaintenance(call, request: request, peer, at: time, &effects)
    case .listFiles, .readFile:
      let error = CallError(
        .notFound, "a master has no files: ask the agent that the sandbox is on")
      effects.respond(request, .failed(error))
    }
  }
}
