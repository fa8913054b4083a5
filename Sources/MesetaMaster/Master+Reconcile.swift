// RECONCILE: a framework asks what became of its tasks. The cases are those of Mesos's `Master::reconcile`.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  mutating func reconcile<E: MasterEffects>(
    _ wanted: [SchedulerCall.ReconciledTask], of framework: FrameworkKey, at time: Time, _ effects: inout E
  ) {
    guard let owner = frameworks[framework] else { return }
    if wanted.isEmpty {
      for key in owner.taskOrder {
        if let task = tasks[key] { reportLatest(task, of: framework, at: time, &effects) }
      }
      for (id, task) in owner.unreachableTasks.entries {
        let state = owner.isPartitionAware ? TaskState.unreachable : .lost
        answer(
          .init(id, agentID: task.agentID), state, "Reconciliation: Task is unreachable",
          unreachableTime: task.since, to: framework, at: time, &effects)
      }
      return
    }
    for question in wanted {
      if let task = owner.tasks[question.taskID].flatMap({ tasks[$0] }) {
        reportLatest(task, of: framework, at: time, &effects)
      } else if !mayStillComeBack(question.agentID, at: time) {
        answerUnknown(question, owner, framework, at: time, &effects)
      }
    }
  }

  /// Whether the agent, or any agent if none is named, may be one of the last master's that is not back yet: then
  /// nothing can be said, and the framework will ask again.
  private func mayStillComeBack(_ agent: AgentID?, at time: Time) -> Bool {
    guard time.monotonic < startTime.monotonic + configuration.agentReregisterTimeout else { return false }
    guard let agent else { return true }
    return agentsByID[agent] == nil && unreachableAgents[agent] == nil && !isOfThisMaster(agent)
  }

  /// Whether this master gave the agent its id.
  private func isOfThisMaster(_ agent: AgentID) -> Bool { agent.value.hasPrefix(info.id + "-S") }

  private mutating func answerUnknown<E: MasterEffects>(
    _ question: SchedulerCall.ReconciledTask, _ owner: FrameworkEntry, _ framework: FrameworkKey,
    at time: Time, _ effects: inout E
  ) {
    let state: TaskState
    let message: String
    var unreachableTime: Int64?
    if let agent = question.agentID, agentsByID[agent] != nil {
      (state, message) = (.gone, "Reconciliation: Task is unknown to the agent")
    } else if let agent = question.agentID, let since = unreachableAgents[agent] {
      (state, message) = (.unreachable, "Reconciliation: Task is unreachable")
      unreachableTime = since
    } else {
      (state, message) = (.unknown, "Reconciliation: Task is unknown")
    }
    answer(
      question, owner.isPartitionAware ? state : .lost, message, unreachableTime: unreachableTime,
      to: framework, at: time, &effects)
  }

  private mutating func answer<E: MasterEffects>(
    _ question: SchedulerCall.ReconciledTask, _ state: TaskState, _ message: String, unreachableTime: Int64?,
    to framework: FrameworkKey, at time: Time, _ effects: inout E
  ) {
    send(
      .update(
        TaskStatus(
          taskID: question.taskID, state: state, source: .master, reason: .reconciliation, message: message,
          agentID: question.agentID, timestamp: time.timestamp, unreachableTime: unreachableTime)),
      to: framework, &effects)
  }

  private mutating func reportLatest<E: MasterEffects>(
    _ task: TaskEntry, of framework: FrameworkKey, at time: Time, _ effects: inout E
  ) {
    send(
      .update(
        TaskStatus(
          taskID: task.info.id, state: task.statusUpdateState ?? task.state, source: .master,
          reason: .reconciliation, message: "Reconciliation: Latest task state",
          agentID: agents[task.agent]?.id, executorID: task.info.executorID, timestamp: time.timestamp)),
      to: framework, &effects)
  }
}
