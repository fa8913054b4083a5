// RECONCILE: a framework asks what became of its tasks. The cases are those of Mesos's `Master::reconcile`.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  /// Why the tasks that a framework names cannot be taken; nil if they can.
  func problem(
    withReconciling wanted: [SchedulerCall.ReconciledTask], of framework: FrameworkKey
  ) -> CallError? {
    let waiting = reconciliations.waiting(of: framework)
    let most = configuration.maxReconciledTasksPerFramework
    if waiting + wanted.count <= most { return nil }
    return CallError(
      .badRequest,
      "RECONCILE names \(wanted.count) tasks while \(waiting) wait for their answers: \(most) may wait at a time; "
        + "name fewer in one call, or none to hear of all")
  }

  /// Takes down what a framework wants to know; ``answerReconciliations(at:_:)`` tells it.
  mutating func reconcile(_ wanted: [SchedulerCall.ReconciledTask], of framework: FrameworkKey) {
    if wanted.isEmpty {
      reconciliations.addAll(frameworks[valid: framework].taskOrder, of: framework)
    } else {
      reconciliations.add(wanted, of: framework)
    }
  }

  /// Gives the next slice of answers.
  mutating func answerReconciliations<E: MasterEffects>(at time: Time, _ effects: inout E) {
    if reconciliations.isEmpty { return }
    for _ in 0..<configuration.reconciliationSlice {
      guard let (framework, question) = reconciliations.next() else { return }
      guard frameworks.contains(framework) else { continue }
      switch question {
      case .named(let task): answer(task, of: framework, at: time, &effects)
      case .known(let task):
        if let entry = tasks[task] { reportLatest(entry, of: framework, at: time, &effects) }
      }
    }
    if !reconciliations.isEmpty { marks.insert(.answersCut) }
  }

  /// Tells a framework what became of one task, or nothing while that may still turn out.
  mutating func answer<E: MasterEffects>(
    _ question: SchedulerCall.ReconciledTask, of framework: FrameworkKey, at time: Time, _ effects: inout E
  ) {
    if let task = frameworks[valid: framework].tasks[question.taskID].flatMap({ tasks[$0] }) {
      reportLatest(task, of: framework, at: time, &effects)
    } else if !mayStillComeBack(question.agentID, at: time) {
      answerUnknown(question, framework, at: time, &effects)
    } else {
      marks.insert(.answerWithheld)
    }
  }

  /// Whether the agent, or any agent if none is named, may be one of the last master's that is not back yet: then
  /// nothing can be said, and the framework will ask again.
  func mayStillComeBack(_ agent: AgentID?, at time: Time) -> Bool {
    if knowsAllAgents { return agent.map(absentAgents.contains) ?? !absentAgents.isEmpty }
    guard time.monotonic < startTime.monotonic + configuration.agentReregisterTimeout else { return false }
    guard let agent else { return true }
    return agentsByID[agent] == nil && unreachableAgents[agent] == nil
      && maintenance.goneSince(agent) == nil && !isOfThisMaster(agent)
  }

  /// Whether this master gave the agent its id.
  private func isOfThisMaster(_ agent: AgentID) -> Bool { agent.value.hasPrefix(info.id + "-S") }

  private mutating func answerUnknown<E: MasterEffects>(
    _ question: SchedulerCall.ReconciledTask, _ framework: FrameworkKey, at time: Time, _ effects: inout E
  ) {
    let state: TaskState
    let message: String
    var unreachableTime: Int64?
    if let agent = question.agentID, agentsByID[agent] != nil {
      (state, message) = (.gone, "Reconciliation: Task is unknown to the agent")
    } else if let agent = question.agentID, let since = unreachableAgents[agent] {
      (state, message) = (.unreachable, "Reconciliation: Task is unreachable")
      unreachableTime = since
      marks.insert(.answerUnreachable)
    } else if let agent = question.agentID, maintenance.goneSince(agent) != nil {
      state = .goneByOperator
      message = "Reconciliation: Task is gone"
      marks.insert(.answerGone)
    } else {
      (state, message) = (.unknown, "Reconciliation: Task is unknown")
      marks.insert(.answerUnknown)
    }
    send(
      .update(
        TaskStatus(
          taskID: question.taskID, state: frameworks[valid: framework].isPartitionAware ? state : .lost,
          source: .master, reason: .reconciliation, message: message,
          agentID: question.agentID, timestamp: time.timestamp, unreachableTime: unreachableTime)),
      to: framework, &effects)
  }

  /// Tells a framework the state of a task that it was told last, or has not been told yet.
  mutating func reportLatest<E: MasterEffects>(
    _ task: TaskEntry, of framework: FrameworkKey, at time: Time, _ effects: inout E
  ) {
    send(
      .update(
        TaskStatus(
          taskID: task.info.id, state: task.statusUpdateState ?? task.state, source: .master,
          reason: .reconciliation, message: "Reconciliation: Latest task state",
          agentID: agents[task.agent]?.id, executorID: task.info.executor?.id, timestamp: time.timestamp)),
      to: framework, &effects)
  }
}
