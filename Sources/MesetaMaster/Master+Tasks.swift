// The ledger of tasks: what the master knows of each until its framework has heard the end of it.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  // MARK: Book-keeping

  @discardableResult
  mutating func addTask(
    _ info: TaskInfo, of framework: FrameworkKey, on agent: AgentKey, role: RoleSlot?
  ) -> TaskKey {
    var entry = TaskEntry(info, framework: framework, agent: agent, role: role)
    entry.positionOnAgent = Int32(agents[valid: agent].tasks.count)
    entry.positionInFramework = Int32(frameworks[valid: framework].taskOrder.count)
    let key = tasks.insert(consume entry)
    agents[valid: agent].tasks.append(key)
    frameworks.update(framework) { framework in
      framework.taskOrder.append(key)
      framework.tasks[info.id] = key
    }
    return key
  }

  /// Takes a task out of the ledger; its resources go back unless they did before.
  mutating func removeTask(_ key: TaskKey) {
    releaseResources(of: key)
    guard let task = tasks.remove(key) else { return }
    let movedOnAgent = agents.update(task.agent) { $0.tasks.swapRemove(at: Int(task.positionOnAgent)) }
    if agents.contains(task.agent), agents[valid: task.agent].isDraining {
      marks.insert(.drainEndedWithAcknowledgement)
      drainChecks.append(task.agent)
    }
    if let moved = movedOnAgent.flatMap({ $0 }) {
      tasks.update(moved) { $0.positionOnAgent = task.positionOnAgent }
    }
    let limit = configuration.maxCompletedTasksPerFramework
    let movedInFramework = frameworks.update(task.framework) { entry -> TaskKey? in
      entry.tasks[task.info.id] = nil
      if task.state.isTerminal, limit > 0 {
        if entry.completedTasks.count >= limit { entry.completedTasks.removeFirst() }
        entry.completedTasks.append(
          CompletedTask(
            info: task.info, state: task.state, statusUpdateState: task.statusUpdateState,
            statuses: task.statuses))
      }
      return entry.taskOrder.swapRemove(at: Int(task.positionInFramework))
    }
    if let moved = movedInFramework.flatMap({ $0 }) {
      tasks.update(moved) { $0.positionInFramework = task.positionInFramework }
    }
  }

  /// Gives the resources of an ended task back, once.
  mutating func releaseResources(of key: TaskKey) {
    guard tasks.contains(key), tasks[valid: key].holdsResources else { return }
    tasks[valid: key].holdsResources = false
    let (agent, framework) = (tasks[valid: key].agent, tasks[valid: key].framework)
    guard agents.contains(agent), frameworks.contains(framework) else { return }
    if let role = tasks[valid: key].role {
      let isRecovered = allocator.recoverUsed(
        agents[valid: agent].slot, frameworks[valid: framework].slot, role,
        tasks[valid: key].info.resources.allocated(to: nil))
      assert(isRecovered, "task \(tasks[valid: key].info.id) held more than the allocator knows of")
    }
    allocation.want()
  }

  mutating func addExecutor(
    _ executor: ExecutorInfo, of framework: FrameworkKey, on agent: AgentKey, role: RoleSlot?
  ) {
    agents[valid: agent].executors.insert(ExecutorEntry(framework: framework, info: executor, role: role))
    frameworks[valid: framework].executorAgents[agent, default: 0] += 1
  }

  /// Takes an executor out of the ledger; its resources go back.
  mutating func removeExecutor(_ id: ExecutorID, of framework: FrameworkKey, on agent: AgentKey) {
    guard agents.contains(agent), frameworks.contains(framework),
      let executor = agents[valid: agent].executors.remove(id, of: framework)
    else { return }
    if let count = frameworks[valid: framework].executorAgents[agent] {
      frameworks[valid: framework].executorAgents[agent] = count > 1 ? count - 1 : nil
    }
    if let role = executor.role {
      let isRecovered = allocator.recoverUsed(
        agents[valid: agent].slot, frameworks[valid: framework].slot, role,
        executor.info.resources.allocated(to: nil))
      assert(isRecovered, "executor \(id) held more than the allocator knows of")
    }
    allocation.want()
  }

  // MARK: Status updates

  mutating func forward<E: MasterEffects>(
    _ update: StatusUpdate, fromAgent agent: AgentKey, _ effects: inout E
  ) {
    guard let frameworkKey = frameworksByID.find(update.frameworkID) else {
      metrics.invalidStatusUpdates += 1
      marks.insert(.updateWithoutFramework)
      return  // The agent keeps it until the framework is back, or is told to shut the framework down.
    }
    send(.update(update.status), to: frameworkKey, &effects)
    guard let key = frameworks[valid: frameworkKey].tasks[update.status.taskID],
      tasks[valid: key].agent == agent
    else {
      metrics.invalidStatusUpdates += 1
      return marks.insert(.updateWithoutTask)
    }
    metrics.validStatusUpdates += 1
    if update.status.state.isTerminal, !tasks[valid: key].isEndTold {
      countEnd(in: update.status.state, update.status.source, update.status.reason, of: frameworkKey)
    }
    tasks.update(key) { task in
      // What is terminal stays as it is: a late or repeated update changes nothing.
      if !task.state.isTerminal { task.state = update.latestState }
      task.statusUpdateState = update.status.state
      task.statusUpdateUUID = update.status.uuid
      task.statuses.keep(update.status)
    }
    if effects.isWatched {
      effects.announce(.taskUpdated(update.frameworkID, update.status, tasks[valid: key].state))
    }
    if update.latestState.isTerminal { releaseResources(of: key) }
  }

  mutating func acknowledge<E: MasterEffects>(
    _ call: SchedulerCall.Acknowledge, of framework: FrameworkKey, _ effects: inout E
  ) {
    let known = frameworks[valid: framework].tasks[call.taskID]
    let onAgent = known.flatMap { agents[valid: tasks[valid: $0].agent].id == call.agentID ? $0 : nil }
    // The agent has to hear of it for a task that is not in the ledger too: else it would repeat the status for ever.
    let agent = onAgent.map { tasks[valid: $0].agent } ?? agentsByID[call.agentID]
    guard let agent, let session = agents[valid: agent].session,
      onAgent.map({ tasks[valid: $0].statusUpdateUUID != nil }) ?? true
    else {
      metrics.invalidStatusUpdateAcknowledgements += 1
      return marks.insert(.acknowledgementTooLate)
    }
    if onAgent == nil { marks.insert(.acknowledgementWithoutTask) }
    metrics.validStatusUpdateAcknowledgements += 1
    effects.send(
      .masterMessage(.acknowledge(frameworks[valid: framework].id, call.taskID, call.uuid)), to: session)
    if let onAgent, tasks[valid: onAgent].statusUpdateUUID == call.uuid, tasks[valid: onAgent].isEndTold {
      removeTask(onAgent)
    }
  }

  // MARK: Killing

  mutating func kill<E: MasterEffects>(
    _ call: SchedulerCall.Kill, of framework: FrameworkKey, at time: Time, _ effects: inout E
  ) {
    guard let owner = frameworks[framework] else { return }
    guard let key = owner.tasks[call.taskID], let task = tasks[key] else {
      answer(.init(call.taskID, agentID: call.agentID), of: framework, at: time, &effects)
      return
    }
    guard let agent = agents[task.agent] else { return }
    if let wanted = call.agentID, wanted != agent.id {
      effects.log(
        .warning,
        "ignored KILL of task \(call.taskID) of framework \(owner.id): it is on agent \(agent.id), not \(wanted)"
      )
      return
    }
    guard let session = agent.session else {
      tasks.update(key) { $0.requestedKill = call.gracePeriod ?? -1 }  // sent when the agent is back
      marks.insert(.killKept)
      return
    }
    effects.send(
      .masterMessage(.killTask(owner.id, call.taskID, gracePeriod: call.gracePeriod)), to: session)
  }
}
