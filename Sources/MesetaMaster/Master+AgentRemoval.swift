// An agent is gone: unreachable, so that it may come back, or for good.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  mutating func beginRemoval<E: MasterEffects>(
    of key: AgentKey, reason: String, _ effects: inout E
  ) {
    guard let agent = agents[key], agent.departure == nil else { return }
    agents.update(key) { $0.departure = .removal }
    decidedMaintenance.forget(agent.id)
    allocator.setActive(agent.slot, false)
    effects.store(registry.begin(.removeAgent(key, reason: reason)), .removeAgent(agent.id))
  }

  /// The agent is recorded as unreachable.
  mutating func removeUnreachable<E: MasterEffects>(
    _ key: AgentKey, at time: Time, _ effects: inout E
  ) {
    guard let agent = agents[key] else { return }
    metrics.slaveUnreachableCompleted += 1
    count(.slaveRemovals)
    count(.slaveRemovalsUnhealthy)
    unreachableAgents.insert(agent.id, time.wall)
    for taskKey in agent.tasks {
      guard let task = tasks[taskKey], let owner = frameworks[task.framework] else { continue }
      guard !task.isEndTold else {
        marks.insert(.endToldBeforeLoss)
        continue
      }
      let state = owner.isPartitionAware ? TaskState.unreachable : .lost
      tell(
        taskKey, state, "Agent \(agent.info.hostname) is unreachable", of: agent, unreachableTime: time.wall,
        at: time, &effects)
      let statuses = tasks[valid: taskKey].statuses
      frameworks.update(task.framework) {
        $0.unreachableTasks.insert(
          task.info.id, UnreachableTask(info: task.info, state: state, statuses: statuses, since: time.wall))
      }
      tasks.update(taskKey) { if !$0.state.isTerminal { $0.state = .unreachable } }
    }
    endOperations(of: key, .unreachable, "Agent was marked unreachable", &effects)
    forget(key, reason: "the agent is unreachable", at: time, &effects)
  }

  /// The agent is taken from the registry.
  mutating func removeAgent<E: MasterEffects>(
    _ key: AgentKey, reason: String, at time: Time, _ effects: inout E
  ) {
    guard let agent = agents[key] else { return }
    maintenance.forget(agent.id)
    count(.slaveRemovals)
    count(.slaveRemovalsUnregistered)
    for taskKey in agent.tasks {
      guard let task = tasks[taskKey], !task.isEndTold else { continue }
      tell(
        taskKey, .lost, "Agent \(agent.info.hostname) removed: \(reason)", of: agent, unreachableTime: nil,
        at: time, &effects)
      tasks.update(taskKey) { if !$0.state.isTerminal { $0.state = .lost } }
    }
    endOperations(of: key, .goneByOperator, "Agent has been removed: \(reason)", &effects)
    forget(key, reason: reason, at: time, &effects)
  }

  /// The agent is recorded as gone.
  mutating func removeGone<E: MasterEffects>(_ key: AgentKey, at time: Time, _ effects: inout E) {
    guard let agent = agents[key] else { return }
    count(.slaveRemovals)
    if let session = agent.session {
      effects.send(.masterMessage(.shutdown(Self.markedGone)), to: session)
    }
    for taskKey in agent.tasks {
      guard let task = tasks[taskKey], !task.isEndTold else { continue }
      let isAware = frameworks[task.framework]?.isPartitionAware == true
      let state = isAware ? TaskState.goneByOperator : .lost
      tell(
        taskKey, state, Self.markedGone, of: agent, reason: isAware ? .agentRemovedByOperator : .agentRemoved,
        unreachableTime: nil, at: time, &effects)
      tasks.update(taskKey) { if !$0.state.isTerminal { $0.state = state } }
    }
    endOperations(of: key, .goneByOperator, Self.markedGone, &effects)
    forget(key, reason: Self.markedGone, at: time, &effects)
  }

  private mutating func tell<E: MasterEffects>(
    _ key: TaskKey, _ state: TaskState, _ message: String, of agent: AgentEntry,
    reason: TaskStatus.Reason = .agentRemoved, unreachableTime: Int64?, at time: Time, _ effects: inout E
  ) {
    let info = tasks[valid: key].info
    let status = TaskStatus(
      taskID: info.id, state: state, source: .master, reason: reason, message: message, agentID: agent.id,
      executorID: info.executor?.id, timestamp: time.timestamp, unreachableTime: unreachableTime)
    if !tasks[valid: key].state.isTerminal {
      countEnd(in: state, .master, reason, of: tasks[valid: key].framework)
    }
    tasks[valid: key].statuses.keep(status)
    let framework = tasks[valid: key].framework
    if effects.isWatched, frameworks.contains(framework) {
      effects.announce(.taskUpdated(frameworks[valid: framework].id, status, state))
    }
    send(.update(status), to: framework, &effects)
  }

  /// Takes an agent out of the master's tables, with all that hangs on it.
  private mutating func forget<E: MasterEffects>(
    _ key: AgentKey, reason: String, at time: Time, _ effects: inout E
  ) {
    guard let agent = agents[key] else { return }
    allocator.setActive(agent.slot, false)
    rescindOffers(ofAgent: key, at: time, &effects)
    while let task = agents[key]?.tasks.last { removeTask(task) }
    for executor in agents[valid: key].executors.entries {
      removeExecutor(executor.info.id, of: executor.framework, on: key)
    }
    allocator.removeAgent(agent.slot)
    agentsByAccount[Int(agent.slot.index)] = nil
    agentsByID[agent.id] = nil
    agents.remove(key)
    if effects.isWatched { effects.announce(.agentRemoved(agent.id)) }
    if let session = agent.session {
      effects.close(session, reason: reason)
      sessions[session] = nil
    }
    effects.log(.warning, "agent \(agent.id) on \(agent.info.hostname) is removed: \(reason)")
    tellAll(.failure(agentID: agent.id, executorID: nil, status: nil), &effects)
  }

  mutating func tellAll<E: MasterEffects>(_ event: SchedulerEvent, _ effects: inout E) {
    for index in 0..<frameworks.capacity {
      if let key = frameworks.key(at: index) { send(event, to: key, &effects) }
    }
  }
}
