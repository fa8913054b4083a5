// An agent comes back with tasks: what it knows and what the master knows are made to agree.

import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  /// Takes over what a returning agent says runs on it, and tells it which tasks are missing.
  mutating func takeOver<E: MasterEffects>(
    _ returning: AgentReregistration, of key: AgentKey, wasUnreachable: Bool, at time: Time,
    _ effects: inout E
  ) {
    guard let agent = agents[key] else { return }
    var strangers: [FrameworkID] = []
    for executor in returning.executors {
      takeOver(executor, of: key, returning, at: time, &strangers, &effects)
    }
    for record in returning.tasks {
      takeOver(record, of: key, returning, wasUnreachable: wasUnreachable, at: time, &strangers, &effects)
    }
    let lostOperations = takeOverOperations(returning.operations, of: key)
    let named = Set(returning.tasks.map { FrameworkTask($0.frameworkID, $0.info.id) })
    closeForgotten(agent, named: named, at: time, &effects)
    guard let session = agents[key]?.session else { return }
    var missing = whatIsMissing(agent, named: named, in: returning)
    missing.operations = lostOperations
    if !missing.tasks.isEmpty { marks.insert(.taskMissing) }
    if !missing.executors.isEmpty { marks.insert(.executorMissing) }
    if !missing.operations.isEmpty { marks.insert(.operationMissing) }
    if !strangers.isEmpty { marks.insert(.strangerReported) }
    effects.send(
      .masterMessage(
        .reregistered(agent.id, pingTimeout: totalPingTimeout.nanoseconds, reconcile: missing)),
      to: session)
    for framework in strangers { effects.send(.masterMessage(.shutdownFramework(framework)), to: session) }
    resendKills(to: key, session, &effects)
  }

  /// Closes the tasks of which the framework was told the end, and which the agent has forgotten before that was acknowledged: it
  /// would wait for ever. What was told may have been lost, and is told again; that nobody has to acknowledge.
  private mutating func closeForgotten<E: MasterEffects>(
    _ agent: AgentEntry, named: Set<FrameworkTask>, at time: Time, _ effects: inout E
  ) {
    for key in agent.tasks {
      guard let task = tasks[key], task.isEndTold, let owner = frameworks[task.framework]?.id,
        !named.contains(FrameworkTask(owner, task.info.id))
      else { continue }
      marks.insert(.endForgottenByAgent)
      reportLatest(task, of: task.framework, at: time, &effects)
      removeTask(key)
    }
  }

  /// What the master believes to be on an agent, and the agent does not name.
  private func whatIsMissing(
    _ agent: AgentEntry, named: Set<FrameworkTask>, in returning: AgentReregistration
  ) -> AgentReconciliation {
    var missing = AgentReconciliation()
    var owners = Set<FrameworkKey>()
    for key in agent.tasks {
      guard let task = tasks[key], let owner = frameworks[task.framework] else { continue }
      let name = FrameworkTask(owner.id, task.info.id)
      // One that has ended on the agent is missing too: what the framework was told of it is older, and nobody else will tell it
      // more.
      if named.contains(name) { continue }
      missing.tasks.append(name)
      if owners.insert(task.framework).inserted { missing.frameworks.append(owner.info) }
    }
    if agent.executors.entries.isEmpty { return missing }
    let running = Set(returning.executors.map { FrameworkExecutor($0.frameworkID ?? "", $0.id) })
    for executor in agent.executors.entries {
      guard let owner = frameworks[executor.framework] else { continue }
      let name = FrameworkExecutor(owner.id, executor.info.id)
      if !running.contains(name) { missing.executors.append(name) }
    }
    return missing
  }

  /// The framework of something that an agent reports: known, or made known now. Nil, and noted among the strangers,
  /// if it is over.
  private mutating func owner<E: MasterEffects>(
    _ id: FrameworkID, _ returning: AgentReregistration, at time: Time, _ strangers: inout [FrameworkID],
    _ effects: inout E
  ) -> FrameworkKey? {
    if let known = frameworksByID[id] { return known }
    if !isRemoved(id), let framework = returning.frameworks.first(where: { $0.id == id }),
      SchedulerCall.Subscribe(framework).problem == nil
    {
      marks.insert(.frameworkRecovered)
      let key = addRecovered(framework, at: time)
      announce(key, &effects)
      return key
    }
    if !strangers.contains(id) { strangers.append(id) }
    return nil
  }

  private mutating func takeOver<E: MasterEffects>(
    _ executor: ExecutorInfo, of key: AgentKey, _ returning: AgentReregistration, at time: Time,
    _ strangers: inout [FrameworkID], _ effects: inout E
  ) {
    guard let id = executor.frameworkID,
      let framework = owner(id, returning, at: time, &strangers, &effects),
      agents.contains(key), !agents[valid: key].runs(executor.id, of: framework)
    else { return }
    let role = charge(executor.resources, to: framework, on: key)
    addExecutor(executor, of: framework, on: key, role: role)
  }

  private mutating func takeOver<E: MasterEffects>(
    _ record: TaskRecord, of key: AgentKey, _ returning: AgentReregistration, wasUnreachable: Bool,
    at time: Time, _ strangers: inout [FrameworkID], _ effects: inout E
  ) {
    guard let framework = owner(record.frameworkID, returning, at: time, &strangers, &effects),
      agents.contains(key)
    else { return }
    frameworks[valid: framework].unreachableTasks.remove(record.info.id)
    let taskKey: TaskKey
    if let known = frameworks[valid: framework].tasks[record.info.id] {
      guard tasks[valid: known].agent == key else {
        effects.log(
          .error,
          "task \(record.info.id) of framework \(record.frameworkID) is reported by agent "
            + "\(agents[valid: key].id) too: ignored")
        return
      }
      if !tasks[valid: known].state.isTerminal { tasks[valid: known].state = record.state }
      taskKey = known
    } else {
      taskKey = addReturned(record, of: framework, on: key)
      if effects.isWatched {
        effects.announce(.taskAdded(describe(tasks[valid: taskKey], of: record.frameworkID)))
      }
    }
    tasks[valid: taskKey].statusUpdateState = record.statusUpdateState
    tasks[valid: taskKey].statusUpdateUUID = record.statusUpdateUUID
    if record.state.isTerminal { releaseResources(of: taskKey) }
    if wasUnreachable {
      marks.insert(.unreachableTaskReturned)
      send(
        .update(
          TaskStatus(
            taskID: record.info.id, state: record.state, source: .master, reason: .agentReregistered,
            message: "Agent reregistered", agentID: agents[valid: key].id,
            executorID: record.info.executor?.id, timestamp: time.timestamp)),
        to: framework, &effects)
    }
  }

  /// Enters a task that this master has not heard of.
  private mutating func addReturned(
    _ record: TaskRecord, of framework: FrameworkKey, on agent: AgentKey
  ) -> TaskKey {
    marks.insert(.taskRecovered)
    var role: RoleSlot?
    if !record.state.isTerminal { role = charge(record.info.resources, to: framework, on: agent) }
    let task = addTask(record.info, of: framework, on: agent, role: role)
    tasks[valid: task].state = record.state
    tasks[valid: task].holdsResources = !record.state.isTerminal
    return task
  }

  /// Takes it that something on an agent uses these resources. Nil, and no resources are used, for a port that the agent
  /// says is used by something else too: it would be free when the first of them ends.
  private mutating func charge(
    _ resources: Resources, to framework: FrameworkKey, on agent: AgentKey
  ) -> RoleSlot? {
    let slot = agents[valid: agent].slot
    if resources.contains(where: { $0.value.kind != .scalar }), resources.overlaps(allocator.used(slot)) {
      return nil
    }
    return allocator.addUsed(
      slot, frameworks[valid: framework].slot, role: resources.first?.allocationRole ?? Role.anyone,
      resources.allocated(to: nil))
  }

  /// Sends the kills that came while the agent was away.
  private mutating func resendKills<E: MasterEffects>(
    to key: AgentKey, _ session: SessionID, _ effects: inout E
  ) {
    for taskKey in agents[key]?.tasks ?? [] {
      guard let task = tasks[taskKey], let grace = task.requestedKill, !task.state.isTerminal,
        let owner = frameworks[task.framework]
      else { continue }
      marks.insert(.killResent)
      tasks.update(taskKey) { $0.requestedKill = nil }
      effects.send(
        .masterMessage(.killTask(owner.id, task.info.id, gracePeriod: grace < 0 ? nil : grace)), to: session)
    }
  }
}
