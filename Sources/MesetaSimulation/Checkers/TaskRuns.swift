// Where each task runs: once at a time, as often as it was launched, and no more once its end was told.

import MesetaModel
import MesetaRuntime

/// What processes there are, whoever believes what.
struct TaskRuns {
  struct Run {
    /// Where it runs.
    var agent: NodeID?
    /// Which agent was told last to run it.
    var sentTo: NodeID?
    /// How often agents were told to run it, and have begun to.
    var launches: Int32 = 0
    var starts: Int32 = 0
    /// When it was launched last, began to run, or ended.
    var changed = Instant.zero
    /// The agent was told to end it; when first.
    var isToEnd = false
    var toldToEnd = Instant.never
    /// When that was by a kill alone.
    var killed = Instant.never
    /// That a master has heard of and the agent has not.
    var isEndUnheard = false
  }

  private var runs: [Run] = []
  /// The tasks of each executor.
  private var executors: [[Int]] = []

  /// What there is of a task.
  subscript(task: Int) -> Run { runs[growing: task, filledWith: Run()] }

  /// An agent is told to run a task.
  mutating func sent(_ task: Int, to agent: NodeID, at time: Instant) {
    update(task) {
      $0.sentTo = agent
      $0.launches += 1
      $0.changed = time
      if $0.agent == nil { $0.forgetEnd() }
    }
  }

  /// An agent has told a container or an executor to run a task. Returns what is wrong, if something is.
  mutating func launched(_ task: Int) -> String? {
    update(task) {
      $0.starts += 1
      return $0.starts > $0.launches ? "was started more often than it was launched" : nil
    }
  }

  /// The process of a task runs.
  mutating func started(
    _ task: Int, on agent: NodeID, under executor: NodeID?, at time: Instant
  ) -> String? {
    if let executor { executors[growing: executor.index, filledWith: []].append(task) }
    return update(task) {
      if $0.agent != nil { return "runs twice at the same time" }
      $0.agent = agent
      $0.changed = time
      return nil
    }
  }

  /// The process of a task is gone.
  mutating func ended(_ task: Int, on agent: NodeID, at time: Instant) {
    update(task) {
      guard $0.agent == agent else { return }
      $0.agent = nil
      $0.changed = time
    }
  }

  /// The tasks that an executor has no more: one of them, or all.
  mutating func forget(_ task: Int? = nil, under executor: NodeID) {
    guard executor.index < executors.count else { return }
    executors[executor.index].removeAll { task == nil || $0 == task }
  }

  /// An agent is told to end a task, or everything of its framework; or a master is, that has to tell the agent.
  mutating func toldToEnd(_ task: Int, at time: Instant, isUnheard: Bool = false) {
    update(task) {
      $0.isEndUnheard = isUnheard && ($0.isEndUnheard || !$0.isToEnd)
      $0.isToEnd = true
      $0.toldToEnd = min($0.toldToEnd, time)
    }
  }

  /// The agent ends its session with the master, or crashes. A kill that came on it in the same batch it may have ignored.
  mutating func closed(_ agent: NodeID, at time: Instant) {
    for task in runs.indices where runs[task].agent == agent && runs[task].killed == time {
      runs[task].forgetEnd()
    }
  }

  /// An agent is told to kill a task.
  mutating func killed(_ task: Int, at time: Instant) {
    update(task) { if !$0.isToEnd || $0.isEndUnheard { $0.killed = time } }
    toldToEnd(task, at: time)
  }

  /// Another master leads: what the one before had been told to end, and had not told agents, nobody ends before it is told again.
  mutating func masterChanged() {
    for task in runs.indices where runs[task].isEndUnheard { runs[task].forgetEnd() }
  }

  /// The tasks that run, ascending.
  func visitRunning(_ body: (_ task: Int, Run) -> Void) {
    for (task, run) in runs.enumerated() where run.agent != nil { body(task, run) }
  }

  /// A task that runs on an agent, is not to end, and is not among those that the agent names.
  func unnamed(on agent: NodeID, among named: Set<Int>) -> Int? {
    runs.indices.first { runs[$0].agent == agent && !runs[$0].isToEnd && !named.contains($0) }
  }

  /// The tasks that an agent was told to run, and that do not run yet or not any more.
  func waiting(on agent: NodeID) -> [Int] {
    runs.indices.filter { runs[$0].sentTo == agent && runs[$0].agent == nil }
  }

  /// The tasks of an executor that run.
  func tasks(under executor: NodeID) -> [Int] { executors[growing: executor.index, filledWith: []] }

  private mutating func update<Result>(_ task: Int, _ change: (inout Run) -> Result) -> Result {
    change(&runs[growing: task, filledWith: Run()])
  }
}

extension TaskRuns.Run {
  /// Nobody wants it to end.
  fileprivate mutating func forgetEnd() {
    (isToEnd, toldToEnd, killed, isEndUnheard) = (false, .never, .never, false)
  }
}
