// Status updates: made, taken from executors, sent until they are acknowledged.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Agent {
  /// How many tasks the agent reports on without having accepted them, at most.
  static let maxStrangers = 10_000

  /// Reports on a task of the agent. Nothing is reported to a framework that was shut down.
  mutating func report<E: AgentEffects>(
    _ key: TaskTable.Key, _ state: TaskState, _ source: TaskStatus.Source, reason: TaskStatus.Reason? = nil,
    message: String? = nil, at time: Time, _ effects: inout E
  ) {
    let uuid = nextUUID()
    guard tasks.entries.contains(key) else { return }
    let status = TaskStatus(
      taskID: tasks.entries[valid: key].key.taskID, state: state, source: source, reason: reason,
      message: message,
      agentID: info.id, executorID: tasks.entries[valid: key].executorID, timestamp: Double(time.wall) / 1e9,
      uuid: uuid, containerID: tasks.entries[valid: key].command?.container)
    metrics.validStatusUpdates += 1
    take(status, key, mayRepeat: false, at: time, &effects)
  }

  /// Reports that a task is not on this agent.
  mutating func reportStranger<E: AgentEffects>(
    _ name: FrameworkTask, info: TaskInfo? = nil, _ state: TaskState? = nil, reason: TaskStatus.Reason,
    message: String, at time: Time, _ effects: inout E
  ) {
    guard strangers < Self.maxStrangers else {
      effects.log(
        .error, "task \(name.taskID) of framework \(name.frameworkID): \(message); too many to report")
      return
    }
    effects.log(.warning, "task \(name.taskID) of framework \(name.frameworkID): \(message)")
    let framework = frameworks.admit(name.frameworkID)
    let dropped = frameworks.update(framework) { $0.dropped } ?? .lost
    let key = addTask(AgentTask(name, framework: framework, info: info))
    report(key, state ?? dropped, .agent, reason: reason, message: message, at: time, &effects)
  }

  mutating func nextUUID() -> UUID { generator.nextUUID() }

  /// Takes an update into the stream of its task and sends it if it is its turn.
  @discardableResult
  mutating func take<E: AgentEffects>(
    _ status: TaskStatus, _ key: TaskTable.Key, mayRepeat: Bool, at time: Time, _ effects: inout E
  ) -> StatusUpdateStream.Taken {
    let status = drainConfig == nil ? status : drained(status, key)
    let taken = tasks.update(key) { task in
      let taken = task.updates.take(status, mayRepeat: mayRepeat)
      if taken == .current || taken == .waiting {
        task.state = status.state
        if status.state.isTerminal { task.isQueued = false }
      }
      return taken
    }
    guard let taken, taken == .current || taken == .waiting else { return taken ?? .afterEnd }
    if status.state.isTerminal {
      metrics.count(status.state)
      releaseResources(of: key)
    }
    if taken == .waiting { marks.insert(.updateQueued) }
    if recorder.isOn {
      recorder.add(.update(tasks.entries[valid: key].key, status))
      recorder.wait(.update(key))
    } else {
      updateIsKept(key, at: time, &effects)
    }
    return taken
  }

  /// An update is written down for good: it is sent if it is its turn.
  mutating func updateIsKept<E: AgentEffects>(_ key: TaskTable.Key, at time: Time, _ effects: inout E) {
    if tasks.update(key, { $0.updates.keep() }) == true { forward(key, at: time, &effects) }
  }

  /// That an update was acknowledged is written down for good: the next one is sent.
  mutating func acknowledgementIsKept<E: AgentEffects>(
    _ key: TaskTable.Key, at time: Time, _ effects: inout E
  ) {
    tasks.update(key) { $0.updates.release() }
    forward(key, at: time, &effects)
  }

  /// Sends the update of a task that is not acknowledged, if the master has the agent.
  mutating func forward<E: AgentEffects>(_ key: TaskTable.Key, at time: Time, _ effects: inout E) {
    guard let session = connection.registeredSession else { return }
    let update = tasks.update(key) { [now = time.monotonic] task -> StatusUpdate? in
      guard let status = task.updates.sendable else { return nil }
      task.updates.sent(again: resends.add(key, attempt: task.updates.attempt, at: now))
      return StatusUpdate(task.key.frameworkID, status, latestState: task.state)
    }
    guard let update = update ?? nil else { return }
    effects.send(.agentMessage(.statusUpdate(update)), to: session)
    if resends.count > 4 * tasks.count + 1024 {
      resends.keep { [tasks] in tasks.isDue($0, at: $1) }
    }
  }

  /// The master has the agent: what is not acknowledged is sent.
  mutating func resumeUpdates<E: AgentEffects>(at time: Time, _ effects: inout E) {
    for place in 0..<tasks.capacity {
      if let key = tasks.key(at: place), tasks[key]?.updates.isEmpty == false {
        forward(key, at: time, &effects)
      }
    }
  }

  /// A framework has an update.
  mutating func acknowledge<E: AgentEffects>(
    _ name: FrameworkTask, _ uuid: UUID, at time: Time, _ effects: inout E
  ) {
    guard let framework = frameworks.find(name.frameworkID), let key = tasks.find(name.taskID, of: framework),
      let outcome = tasks.update(key, { $0.updates.acknowledge(uuid) })
    else {
      marks.insert(.acknowledgementWithoutTask)
      effects.log(.debug, "ignoring an acknowledgement for task \(name.taskID), which is not here")
      return
    }
    if case .unexpected = outcome {
      marks.insert(.acknowledgementUnexpected)
      return effects.log(
        .warning, "ignoring the acknowledgement \(uuid) of task \(name.taskID): it is not awaited")
    }
    remember(.acknowledged(name, uuid))
    switch outcome {
    case .next:
      guard recorder.isOn else { return forward(key, at: time, &effects) }
      tasks.update(key) { $0.updates.hold() }
      recorder.wait(.acknowledged(key))
    case .drained: if tasks.entries[valid: key].info == nil { removeTask(key) }
    case .ended: removeTaskIfDone(key)
    case .unexpected: break
    }
  }

  // MARK: Tasks come and go

  mutating func addTask(_ task: consuming AgentTask) -> TaskTable.Key {
    frameworks.retain(task.framework)
    if task.isStranger { strangers += 1 }
    if recorder.isOn { recorder.add(.task(task.start)) }
    return tasks.insert(task)
  }

  /// Whether there are tasks that ran here. A report of one that is not known waits for its framework, for however long.
  var hasTasksOfItsOwn: Bool { tasks.count > strangers }

  /// Forgets a task whose container is gone and whose end is acknowledged.
  mutating func removeTaskIfDone(_ key: TaskTable.Key) {
    guard tasks.entries.contains(key) else { return }
    if tasks.entries[valid: key].command == nil, tasks.entries[valid: key].updates.isEmpty { removeTask(key) }
  }

  /// Forgets a task with its updates.
  mutating func removeTask(_ key: TaskTable.Key) {
    releaseResources(of: key)
    var executorID: ExecutorID?
    if let executor = tasks.update(key, { $0.executor }) ?? nil {
      executorID = executors[executor]?.name.executorID
      if let (id, ended) = tasks.update(key, { ($0.key.taskID, $0.ended) }) {
        executors.update(executor) { $0.ended.add(id, ended) }
      }
      unlink(key, from: executor)
    }
    guard let task = tasks.remove(key) else { return }
    remember(.taskRemoved(task.key, executorID: executorID))
    if task.isStranger { strangers -= 1 }
    if !hasTasksOfItsOwn { drainConfig = nil }
    frameworks.release(task.framework)
  }

  mutating func unlink(_ key: TaskTable.Key, from executor: ExecutorTable.Key) {
    guard var list = executors[executor]?.tasks else { return }
    tasks.remove(key, from: &list)
    tasks.update(key) { $0.executor = nil }
    executors.update(executor) { $0.tasks = list }
  }

  mutating func releaseResources(of key: TaskTable.Key) {
    let resources = tasks.update(key) { task -> Resources? in
      guard task.holdsResources else { return nil }
      task.holdsResources = false
      return task.info?.resources
    }
    if let resources = resources ?? nil { giveBack(resources) }
  }
}
