// What operators and command line tools ask.

import MesetaAllocator
import MesetaModel
public import MesetaProtocol
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
    case .getAgents: effects.respond(request, .response(.agents(describeAgents())))
    case .getFrameworks: effects.respond(request, .response(.frameworks(describeFrameworks())))
    case .getTasks: effects.respond(request, .response(.tasks(describeTasks())))
    case .teardown(let id):
      guard let key = frameworksByID[id] else {
        let error = CallError(
          .notFound, "no framework has the id \"\(id)\"; GET_FRAMEWORKS lists those there are")
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
        .badRequest, "\(call.name) is answered by agents: ask the one that the sandbox is on")
      effects.respond(request, .failed(error))
    }
  }

  /// The agents that are registered, in the order of their slots.
  public func describeAgents() -> [AgentDescription] {
    var descriptions: [AgentDescription] = []
    agents.visit { _, agent in
      descriptions.append(
        AgentDescription(
          agent.info, isActive: agent.session != nil && maintenance.standing(agent.id) == nil,
          version: agent.registration.version, nativeAddress: agent.registration.nativeAddress,
          registeredTime: agent.registeredTime, allocated: allocator.used(agent.slot),
          offered: allocator.offered(agent.slot), total: allocator.total(agent.slot),
          standing: maintenance.standing(agent.id), drainStartTime: agent.drainStartTime))
    }
    return descriptions
  }

  /// The frameworks that are there, then those that are over.
  public func describeFrameworks() -> [FrameworkDescription] {
    var descriptions: [FrameworkDescription] = []
    frameworks.visit { key, framework in
      descriptions.append(
        FrameworkDescription(
          framework.info, isConnected: framework.session != nil, isCompleted: false,
          registeredTime: framework.registeredTime, allocated: used(by: framework, key),
          offered: offered(to: framework, key), offerConstraints: framework.offerConstraints))
    }
    for (_, framework) in completedFrameworks.entries {
      descriptions.append(
        FrameworkDescription(
          framework.info, isConnected: false, isCompleted: true, registeredTime: framework.registeredTime,
          allocated: Resources(), offered: Resources(), offerConstraints: framework.offerConstraints))
    }
    return descriptions
  }

  /// What the tasks and executors of a framework hold. O(tasks).
  private func used(by framework: FrameworkEntry, _ key: FrameworkKey) -> Resources {
    var sum = Resources()
    for key in framework.taskOrder {
      if let task = tasks[key], task.holdsResources { sum += task.info.resources }
    }
    for agent in framework.executorAgents.keys.sorted() {
      for executor in agents[agent]?.executors.entries(of: key) ?? [] { sum += executor.info.resources }
    }
    return sum
  }

  private func offered(to framework: FrameworkEntry, _ key: FrameworkKey) -> Resources {
    var sum = Resources()
    for id in offers.identifiers(ofFramework: key) {
      if let offer = offers.offer(id) { sum += offer.resources.allocated(to: roleName(offer.role)) }
    }
    return sum
  }

  /// The custom executors that run, by their agents.
  public func describeExecutors() -> [ExecutorDescription] {
    var descriptions: [ExecutorDescription] = []
    agents.visit { _, agent in
      descriptions += agent.executors.entries.map { ExecutorDescription($0.info, on: agent.id) }
    }
    return descriptions
  }

  /// When the master started, in nanoseconds since the Unix epoch.
  public var startedAt: Int64 { startTime.wall }

  /// The tasks that are there, then those that ended, as far as they are kept.
  public func describeTasks() -> [TaskDescription] {
    var descriptions: [TaskDescription] = []
    tasks.visit { _, task in
      guard let framework = frameworks[task.framework] else { return }
      descriptions.append(
        TaskDescription(
          TaskRecord(
            framework.id, task.info, state: task.state, statusUpdateState: task.statusUpdateState,
            statusUpdateUUID: task.statusUpdateUUID),
          status: nil, isCompleted: false))
    }
    frameworks.visit { _, framework in
      descriptions += framework.completedTasks.map { $0.describe(of: framework.id) }
    }
    for (id, framework) in completedFrameworks.entries {
      descriptions += framework.tasks.map { $0.describe(of: id) }
    }
    return descriptions
  }
}
