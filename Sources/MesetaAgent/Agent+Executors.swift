// Custom executors: their containers, the tasks they are sent, and their end.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Agent {
  mutating func run<E: AgentEffects>(
    _ task: TaskInfo, _ name: FrameworkTask, under executorInfo: ExecutorInfo, launchesExecutor: Bool,
    _ framework: FrameworkTable.Key, at time: Time, _ effects: inout E
  ) throws(LaunchRefusal) {
    let executorName = ExecutorName(name.frameworkID, executorInfo.id)
    if let executor = executors.find(executorName) {
      if executors[executor]?.state == .terminating {
        marks.insert(.taskForEndingExecutor)
        throw .dropped(.executorTerminated, "\(executorName) is on its way out")
      }
      if !task.resources.isPlain, let volume = task.resources.persistentVolumes.first {
        throw .unsupported(
          "task \(task.id) wants volume \(volume), which \(executorName) was not started with: give it to the executor"
        )
      }
      try reserve(task.resources, for: task)
      enqueue(task, name, executor, framework)
      return sendQueuedTasks(to: executor, &effects)
    }
    guard launchesExecutor else {
      marks.insert(.taskForEndedExecutor)
      throw .dropped(.executorTerminated, "\(executorName) has ended, and the master wants no new one")
    }
    if let command = tasks.find(TaskID(executorInfo.id.value), of: framework),
      tasks[command]?.command != nil
    {
      throw .dropped(.taskInvalid, "executor \(executorInfo.id) has the id of a command that runs here")
    }
    guard let command = executorInfo.command else {
      throw .unsupported(
        "executor \(executorInfo.id) has no command, and this agent has no executor of its own")
    }
    let containerID = nextUUID().description
    let launch = try launch(containerID, task, command, framework, executor: executorInfo)
    try reserve(executorInfo.resources + task.resources, for: task)
    var own = executorInfo
    own.frameworkID = name.frameworkID
    let executor = executors.insert(
      AgentExecutor(executorName, framework: framework, info: own, containerID: containerID))
    frameworks.retain(framework)
    containers[containerID] = .executor(executor)
    remember(.executor(own, containerID: containerID))
    writeCheckpointIfStale(&effects)  // The container may use a volume that has just been made.
    self.launch(launch, &effects)
    deadlines.add(
      .executorRegistration(executor), at: time.monotonic + configuration.executorRegistrationTimeout)
    enqueue(task, name, executor, framework)
  }

  private mutating func enqueue(
    _ task: TaskInfo, _ name: FrameworkTask, _ executor: ExecutorTable.Key, _ framework: FrameworkTable.Key
  ) {
    var entry = AgentTask(name, framework: framework, info: task, isAccepted: true)
    entry.executor = executor
    entry.isQueued = true
    let key = addTask(entry)
    guard var list = executors[executor]?.tasks else { return }
    tasks.append(key, to: &list)
    executors.update(executor) {
      $0.tasks = list
      $0.queued.append(key)
    }
  }

  /// Sends what waits for the executor, if it is connected.
  mutating func sendQueuedTasks<E: AgentEffects>(to executor: ExecutorTable.Key, _ effects: inout E) {
    guard executors[executor]?.state == .running, let session = executors[executor]?.session else { return }
    let queued = executors.update(executor) { executor in
      defer { executor.queued = [] }
      return executor.queued
    }
    for key in queued ?? [] {
      let task = tasks.update(key) { task -> TaskInfo? in
        guard task.isQueued else { return nil }  // Killed meanwhile.
        task.isQueued = false
        return task.info
      }
      guard let task = task ?? nil else { continue }
      if recorder.isOn, let name = tasks[key]?.key {
        recorder.add(.taskSent(name))
        writeRecords(&effects)
      }
      executors.update(executor) { $0.hasBeenSentTask = true }
      effects.send(.executorEvent(.launch(task)), to: session)
    }
  }

  /// Kills a task of an executor: by asking it, or at once if it has not been sent the task.
  mutating func kill<E: AgentEffects>(
    _ key: TaskTable.Key, of executor: ExecutorTable.Key, gracePeriod: Int64?, at time: Time,
    _ effects: inout E
  ) {
    guard let name = tasks[key]?.key, let state = executors[executor]?.state else { return }
    if tasks[key]?.isQueued == true {
      marks.insert(.queuedTaskKilled)
      report(
        key, .killed, .agent, reason: .taskKilledDuringLaunch,
        message: "Killed before the executor had the task",
        at: time, &effects)
    } else if state == .terminating {
      effects.log(.info, "not killing task \(name.taskID): its executor is on its way out")
    } else if let session = executors[executor]?.session {
      effects.send(.executorEvent(.kill(name.taskID, gracePeriod: gracePeriod)), to: session)
    } else {
      rememberKill(key, RecordedKill(.wanted, gracePeriod: gracePeriod))
      tasks.update(key) { $0.untoldKill = AgentTask.UntoldKill(gracePeriod: gracePeriod) }
    }
  }

  /// An executor that has subscribed has nothing to do if all its tasks were killed before it was sent one.
  func isUseless(_ executor: ExecutorTable.Key) -> Bool {
    guard let entry = executors[executor], entry.state == .running, !entry.hasBeenSentTask else {
      return false
    }
    return !entry.queued.contains { tasks[$0]?.isQueued == true }
  }

  /// Passes on what a framework says to one of its executors.
  mutating func pass<E: AgentEffects>(_ data: [UInt8], to name: ExecutorName, _ effects: inout E) {
    guard let executor = executors.find(name), executors[executor]?.state == .running,
      let session = executors[executor]?.session
    else {
      marks.insert(.messageToNoExecutor)
      metrics.invalidFrameworkMessages += 1
      return effects.log(.warning, "dropping a message to \(name): it is not connected")
    }
    metrics.validFrameworkMessages += 1
    effects.send(.executorEvent(.message(data)), to: session)
  }

  /// Tells an executor to end, and sees to it that it does.
  mutating func shutdown<E: AgentEffects>(
    _ key: ExecutorTable.Key, at time: Time, _ effects: inout E
  ) {
    guard let executor = executors[key], executor.state != .terminating else { return }
    let grace = executor.shutdownGracePeriod ?? configuration.executorShutdownGracePeriod
    executors.update(key) { $0.state = .terminating }
    remember(.executorEnds(executor.name.record))
    if let session = executor.session {
      effects.send(.executorEvent(.shutdown), to: session)
      deadlines.add(.executorShutdown(key), at: time.monotonic + grace)
    } else {
      endContainer(executor.containerID, grace: grace, &effects)
    }
  }

  mutating func executorDidNotEnd<E: AgentEffects>(
    _ key: ExecutorTable.Key, at time: Time, _ effects: inout E
  ) {
    guard let executor = executors[key] else { return }
    marks.insert(.executorKilledAfterGrace)
    effects.log(.info, "killing \(executor.name): it was told to end and did not")
    endContainer(executor.containerID, grace: .zero, &effects)
  }

  mutating func executorDidNotRegister<E: AgentEffects>(
    _ key: ExecutorTable.Key, at time: Time, _ effects: inout E
  ) {
    guard let executor = executors[key], executor.state == .registering else { return }
    marks.insert(.executorRegistrationTimeout)
    let message = "The executor did not subscribe within \(configuration.executorRegistrationTimeout)"
    effects.log(.warning, "killing \(executor.name): \(message)")
    executors.update(key) {
      $0.state = .terminating
      $0.verdict = AgentExecutor.Verdict(reason: .executorRegistrationTimeout, message: message)
    }
    remember(.executorEnds(executor.name.record))
    endContainer(executor.containerID, grace: .zero, &effects)
  }

  /// The container of an executor is gone, and with it what ran there.
  mutating func executorEnded<E: AgentEffects>(
    _ key: ExecutorTable.Key, _ end: ContainerEnd, at time: Time, _ effects: inout E
  ) {
    guard let executor = executors[key] else { return }
    metrics.executorsTerminated += 1
    let verdict = verdict(on: executor, end)
    var ended = Array(executor.ended.told)
    for task in tasks.keys(of: executor.tasks) {
      if tasks[task]?.updates.hasEnded == false {
        report(
          task, verdict.state, .agent, reason: verdict.reason, message: verdict.message, at: time, &effects)
      }
      if let last = tasks[task]?.ended { ended.append(last) }
      unlink(task, from: key)
    }
    runHasEnded(
      executor.name.executorID, executor.containerID,
      .executor(executor.info, ended.suffix(EndedTasks.toldCapacity)), of: executor.framework, at: time)
    releaseResources(ofExecutor: key)
    if let session = executor.session {
      sessions[session] = nil
      effects.close(session, reason: "the executor has ended")
    }
    executors.remove(key)
    remember(.executorRemoved(executor.name.record))
    frameworks.release(executor.framework)
    let status: Int32 = if case .ended(let exit) = end { exit.waitStatus } else { -1 }
    if recorder.isSettled {
      tellMaster(hasEnded: executor.name, status: status, &effects)
    } else {
      recorder.wait(.executorEnd(ExecutorEnd(name: executor.name, status: status)))
    }
  }

  /// So that the master takes an executor's resources back. A master that is away asks when the agent returns; one that is
  /// about to take the agent back may have been told of the executor, and does not ask.
  mutating func tellMaster<E: AgentEffects>(hasEnded name: ExecutorName, status: Int32, _ effects: inout E) {
    guard let master = connection.registeredSession, let id = info.id else {
      if connection.session != nil { untoldEnds.append(ExecutorEnd(name: name, status: status)) }
      return
    }
    let message = AgentMessage.exitedExecutor(id, name.frameworkID, name.executorID, status: status)
    effects.send(.agentMessage(message), to: master)
  }

  /// The master has the agent: it hears which executors have ended since it was told of them.
  mutating func resumeExecutorEnds<E: AgentEffects>(_ effects: inout E) {
    if untoldEnds.isEmpty { return }
    marks.insert(.executorEndedWhileRegistering)
    let ends = untoldEnds
    untoldEnds = []
    for end in ends where executors.find(end.name) == nil {
      tellMaster(hasEnded: end.name, status: end.status, &effects)
    }
  }

  private func verdict(on executor: AgentExecutor, _ end: ContainerEnd) -> AgentExecutor.Verdict {
    if let verdict = executor.verdict { return verdict }
    switch end {
    case .notLaunched(let reason):
      return AgentExecutor.Verdict(
        reason: .containerLaunchFailed, message: "The executor's container was not launched: \(reason)")
    case .ended(let exit):
      return AgentExecutor.Verdict(reason: .executorTerminated, message: "Executor " + exit.phrase)
    }
  }

  mutating func releaseResources(ofExecutor key: ExecutorTable.Key) {
    let resources = executors.update(key) { executor -> Resources? in
      guard executor.holdsResources else { return nil }
      executor.holdsResources = false
      return executor.info.resources
    }
    if let resources = resources ?? nil { giveBack(resources) }
  }
}
