// What custom executors ask of the agent.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Agent {
  mutating func receive<E: AgentEffects>(
    _ call: ExecutorCall, _ request: RequestID, from session: SessionID, at time: Time, _ effects: inout E
  ) {
    let outcome = handle(call, request, from: session, at: time, &effects)
    switch outcome {
    case .success: break
    case .failure(let error): answer(request, session, .failed(error), &effects)
    }
  }

  /// Handles a call and answers it, or returns why it is refused.
  private mutating func handle<E: AgentEffects>(
    _ call: ExecutorCall, _ request: RequestID, from session: SessionID, at time: Time, _ effects: inout E
  ) -> Result<Void, CallError> {
    if let problem = call.problem { return .failure(problem) }
    if case .heartbeat = call.kind { return accept(request, session, &effects) }
    guard frameworks.find(call.frameworkID) != nil else {
      return .failure(
        CallError(.badRequest, "Framework cannot be found: nothing of \(call.frameworkID) runs on this agent")
      )
    }
    let name = ExecutorName(call.frameworkID, call.executorID)
    guard let key = executors.find(name), let executor = executors[key] else {
      return .failure(CallError(.badRequest, "Executor cannot be found: \(name) does not run on this agent"))
    }
    if case .subscribe(let tasks, let updates) = call.kind {
      _ = accept(request, session, &effects)
      subscribe(key, session, tasks, updates, at: time, &effects)
      return .success(())
    }
    guard executor.state != .registering, executor.session == nil || executor.session == session else {
      return .failure(
        CallError(.forbidden, "Executor is not subscribed: \(name) has to subscribe before it calls"))
    }
    switch call.kind {
    case .update(let status):
      if let problem = take(status, from: key, at: time, &effects) { return .failure(problem) }
      _ = accept(request, session, &effects)
      acknowledge(status, of: key, &effects)
    case .message(let data):
      pass(data, from: name, &effects)
      return accept(request, session, &effects)
    case .subscribe, .heartbeat, .unknown: break  // Handled above.
    }
    return .success(())
  }

  private func accept<E: AgentEffects>(
    _ request: RequestID, _ session: SessionID, _ effects: inout E
  ) -> Result<Void, CallError> {
    answer(request, session, .accepted, &effects)
    return .success(())
  }

  // MARK: SUBSCRIBE

  private mutating func subscribe<E: AgentEffects>(
    _ key: ExecutorTable.Key, _ session: SessionID, _ unacknowledged: [TaskInfo], _ updates: [TaskStatus],
    at time: Time, _ effects: inout E
  ) {
    guard let executor = executors[key] else { return }
    if executor.state == .terminating {
      return effects.send(.executorEvent(.shutdown), to: session)
    }
    if let other = executor.session, other != session {
      sessions[other] = nil
      effects.close(other, reason: "\(executor.name) has subscribed again")
    }
    sessions[session]?.executor = key
    if executor.isRecovered { marks.insert(.recoveredExecutorReturned) }
    executors.update(key) {
      $0.session = session
      $0.state = .running
      $0.isRecovered = false
    }
    defer { finishRecovery(&effects) }
    let taken = updates.filter { take($0, from: key, at: time, &effects) == nil }
    dropTasksThatWereLost(executor, Set(unacknowledged.map(\.id)), at: time, &effects)
    if isUseless(key) {
      marks.insert(.executorUseless)
      for status in taken { acknowledge(status, of: key, &effects) }
      return shutdown(key, at: time, &effects)
    }
    if let framework = frameworks[executor.framework]?.info ?? nil {
      let container = ContainerID.root(executor.containerID)
      effects.send(
        .executorEvent(.subscribed(executor.info, framework, info, containerID: container)), to: session)
    }
    // Executors count on it that SUBSCRIBED comes first.
    for status in taken { acknowledge(status, of: key, &effects) }
    sendUntoldKills(executor, session, &effects)
    sendQueuedTasks(to: key, &effects)
  }

  /// Tasks that were sent to the executor and that it does not know: they were lost with its last session.
  private mutating func dropTasksThatWereLost<E: AgentEffects>(
    _ executor: AgentExecutor, _ known: Set<TaskID>, at time: Time, _ effects: inout E
  ) {
    guard executor.hasBeenSentTask, let dropped = frameworks[executor.framework]?.dropped else { return }
    for key in tasks.keys(of: executor.tasks) {
      guard let task = tasks[key], !task.isQueued, task.state == .staging, !known.contains(task.key.taskID)
      else {
        continue
      }
      report(
        key, dropped, .agent, reason: .agentRestarted, message: "The executor did not get the task", at: time,
        &effects)
    }
  }

  private mutating func sendUntoldKills<E: AgentEffects>(
    _ executor: AgentExecutor, _ session: SessionID, _ effects: inout E
  ) {
    for key in tasks.keys(of: executor.tasks) {
      guard let kill = tasks[key]?.untoldKill, let name = tasks[key]?.key else { continue }
      tasks.update(key) { $0.untoldKill = nil }
      guard tasks[key]?.updates.hasEnded == false else { continue }
      effects.send(.executorEvent(.kill(name.taskID, gracePeriod: kill.gracePeriod)), to: session)
    }
  }

  // MARK: UPDATE

  /// Takes a status that an executor reports. Returns why not, or nil.
  private mutating func take<E: AgentEffects>(
    _ reported: TaskStatus, from executor: ExecutorTable.Key, at time: Time, _ effects: inout E
  ) -> CallError? {
    guard let entry = executors[executor] else { return nil }
    if frameworks[entry.framework]?.isTerminating == true {
      metrics.invalidStatusUpdates += 1
      return nil  // Nobody wants to know.
    }
    let problem = enter(reported, of: entry, executor, at: time, &effects)
    if problem == nil { metrics.validStatusUpdates += 1 } else { metrics.invalidStatusUpdates += 1 }
    return problem
  }

  private mutating func enter<E: AgentEffects>(
    _ reported: TaskStatus, of entry: AgentExecutor, _ executor: ExecutorTable.Key, at time: Time,
    _ effects: inout E
  ) -> CallError? {
    let name = FrameworkTask(entry.name.frameworkID, reported.taskID)
    let key: TaskTable.Key
    if let known = tasks.find(name.taskID, of: entry.framework) {
      if let problem = problem(with: known, reportedBy: executor, reported) { return problem }
      key = known
    } else {
      if entry.ended.contains(reported.taskID) {
        marks.insert(.updateAfterEnd)
        return nil  // It was overtaken, or comes again: the task has ended, and that is acknowledged.
      }
      guard strangers < Self.maxStrangers else {
        return CallError(.unavailable, "too many tasks that this agent was never sent are reported on")
      }
      effects.log(.warning, "\(entry.name) reports on task \(reported.taskID), which it was not sent")
      key = addTask(AgentTask(name, framework: entry.framework, info: nil))
    }
    var status = reported
    status.agentID = info.id
    status.executorID = entry.name.executorID
    status.timestamp = reported.timestamp ?? Double(time.wall) / 1e9
    status.containerID = reported.containerID ?? .root(entry.containerID)
    if take(status, key, mayRepeat: true, at: time, &effects) == .full {
      return CallError(
        .unavailable,
        "task \(reported.taskID) has \(StatusUpdateStream.capacity) updates that its framework has not "
          + "acknowledged: report again later")
    }
    return nil
  }

  private func problem(
    with key: TaskTable.Key, reportedBy executor: ExecutorTable.Key, _ status: TaskStatus
  ) -> CallError? {
    guard let task = tasks[key] else { return nil }
    if task.info != nil, task.executor != executor {
      return CallError(
        .badRequest, "task \(status.taskID) belongs to executor \(task.executorID?.value ?? "?")")
    }
    if task.isQueued {
      return CallError(.badRequest, "task \(status.taskID) has not been sent to the executor")
    }
    return nil
  }

  /// Tells an executor that its report is taken, once that is written down for good.
  private mutating func acknowledge<E: AgentEffects>(
    _ status: TaskStatus, of executor: ExecutorTable.Key, _ effects: inout E
  ) {
    guard let uuid = status.uuid else { return }
    if !recorder.isSettled { return recorder.wait(.acknowledgement(executor, status.taskID, uuid)) }
    guard let session = executors[executor]?.session else { return }
    effects.send(.executorEvent(.acknowledged(status.taskID, uuid)), to: session)
  }

  // MARK: MESSAGE

  private mutating func pass<E: AgentEffects>(
    _ data: [UInt8], from name: ExecutorName, _ effects: inout E
  ) {
    guard let master = connection.registeredSession, let id = info.id else {
      metrics.invalidFrameworkMessages += 1
      return effects.log(.warning, "dropping a message of \(name): the master is not there")
    }
    metrics.validFrameworkMessages += 1
    effects.send(
      .agentMessage(.executorMessage(id, name.frameworkID, name.executorID, data: data)), to: master)
  }
}
