// What a master answers when it is asked for a task is not contradicted by what there is.

import MesetaModel

/// Judges answers to RECONCILE by the processes that run and by what the framework was told before.
///
/// A master that does not know may say nothing, and may be behind: what is on its way it cannot know. But a task that runs
/// on an agent it has is neither lost nor gone, and a task whose end it has passed on does not run.
struct ReconciliationTruth {
  /// The tasks whose end a master has passed on since they were launched.
  private var hasEnded: [Bool] = []

  mutating func launched(_ task: Int) { hasEnded[growing: task, filledWith: false] = false }

  /// A master passes on what an agent reported.
  mutating func passed(_ status: TaskStatus, of task: Int) {
    if status.state.isTerminal { hasEnded[growing: task, filledWith: false] = true }
  }

  /// Returns what is wrong with an answer, if something is.
  func problem(with answer: TaskStatus, to task: Int, _ run: TaskRuns.Run, isAgentThere: Bool) -> String? {
    switch answer.state {
    case .lost, .gone, .goneByOperator, .dropped, .unknown, .unreachable:
      guard let agent = run.agent, isAgentThere, !run.isToEnd else { return nil }
      return
        "is \(answer.state.name) by the answer to RECONCILE, and runs on node \(agent.index), which is registered"
    case .staging, .starting, .running, .killing:
      guard task < hasEnded.count, hasEnded[task] else { return nil }
      return
        "is \(answer.state.name) by the answer to RECONCILE, and its framework was sent the end of it before"
    case .finished, .failed, .killed, .error: return nil
    }
  }
}
