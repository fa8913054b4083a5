// What an earlier life has left becomes what the agent has.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Agent {
  /// How far an agent is that takes up what an earlier life has left. Until that is done it does not register.
  enum Recovery: Codable, Sendable {
    /// It does not know which containers are there.
    case containers(Resumption)
    /// Executors may come back.
    case executors
  }

  /// What is taken up once it is known which containers are there.
  struct Resumption: Codable, Sendable {
    struct Run: Codable, Sendable {
      var task: TaskTable.Key
      var since: Double
    }

    struct Kill: Codable, Sendable {
      var task: TaskTable.Key
      var gracePeriod: Int64?
    }

    /// Commands that may run only for so long.
    var runs: [Run] = []
    /// Commands that were to end.
    var kills: [Kill] = []
  }

  /// Takes up what an earlier life has written down.
  mutating func recall(_ memory: AgentMemory) throws(IncompatibleResources) {
    for framework in memory.frameworks { frameworks.recall(framework.id, framework.info) }
    for executor in memory.executors { try recall(executor) }
    var resumption = Resumption()
    for task in memory.tasks { try recall(task, &resumption) }
    frameworks.settleRecalled(ending: memory.frameworks.filter(\.isEnding).map(\.id))
    for place in 0..<tasks.capacity {
      if let key = tasks.key(at: place), isTerminating(tasks.entries[place].framework) {
        releaseResources(of: key)
      }
    }
    for place in 0..<executors.capacity {
      if let key = executors.key(at: place), isTerminating(executors.entries[place].framework) {
        releaseResources(ofExecutor: key)
      }
    }
    if configuration.recoveryMode == .cleanup || !memory.executors.isEmpty || !memory.tasks.isEmpty {
      recovery = .containers(resumption)
    }
  }

  private mutating func recall(_ executor: AgentMemory.Executor) throws(IncompatibleResources) {
    let name = ExecutorName(executor.key.frameworkID, executor.key.executorID)
    let framework = frameworks.admit(name.frameworkID)
    var entry = AgentExecutor(
      name, framework: framework, info: executor.info, containerID: executor.containerID)
    entry.state = executor.isEnding ? .terminating : .registering
    entry.isRecovered = true
    entry.hasBeenSentTask = !executor.ended.isEmpty
    for task in executor.ended { entry.ended.add(task) }
    try hold(executor.info.resources)
    containers[executor.containerID] = .executor(executors.insert(entry))
    frameworks.retain(framework)
  }

  private mutating func recall(
    _ task: AgentMemory.Task, _ resumption: inout Resumption
  ) throws(IncompatibleResources) {
    let framework = frameworks.admit(task.start.key.frameworkID)
    var entry = AgentTask(
      task.start.key, framework: framework, info: task.start.info, isAccepted: task.start.isAccepted)
    entry.state = task.state
    entry.updates = StatusUpdateStream(task.updates, known: task.known, hasEnded: task.state.isTerminal)
    if task.state.isTerminal {
      entry.holdsResources = false
    } else if entry.holdsResources, let info = task.start.info {
      try hold(info.resources)
    }
    if let containerID = task.start.containerID, !task.state.isTerminal {
      entry.command = CommandRun(recalling: task, in: containerID)
    }
    if entry.isStranger { strangers += 1 }
    frameworks.retain(framework)
    let key = tasks.insert(entry)
    if let containerID = entry.command?.containerID {
      containers[containerID] = .task(key)
      if let since = task.runningSince { resumption.runs.append(Resumption.Run(task: key, since: since)) }
      if let kill = task.kill {
        resumption.kills.append(Resumption.Kill(task: key, gracePeriod: kill.gracePeriod))
      }
    } else if task.start.isAccepted, task.start.containerID == nil {
      recallLink(key, task)
    }
  }

  /// A task of an executor belongs to that as long as it is there.
  private mutating func recallLink(_ key: TaskTable.Key, _ task: AgentMemory.Task) {
    guard let id = task.start.info?.executorID,
      let executor = executors.find(ExecutorName(task.start.key.frameworkID, id)),
      var list = executors[executor]?.tasks
    else { return }
    tasks.append(key, to: &list)
    let isQueued = !task.isSent && !task.state.isTerminal
    tasks.update(key) {
      $0.executor = executor
      $0.isQueued = isQueued
      // Said again where it was said already, which does no harm.
      if let kill = task.kill { $0.untoldKill = AgentTask.UntoldKill(gracePeriod: kill.gracePeriod) }
    }
    executors.update(executor) {
      $0.tasks = list
      if isQueued { $0.queued.append(key) }
      if task.isSent { $0.hasBeenSentTask = true }
    }
  }

  /// Takes resources from what is available, as an earlier life has done.
  private mutating func hold(_ resources: Resources) throws(IncompatibleResources) {
    for resource in resources.resources where !resource.isShared && !resource.isRevocable {
      let needed = Resources([resource]).allocated(to: nil)
      guard available.contains(needed) else {
        throw IncompatibleResources(inUse: needed.resources.first ?? resource, configured: total)
      }
      available -= needed
    }
  }
}

extension CommandRun {
  /// A command of an earlier life, which has not said how it ended.
  fileprivate init(recalling task: AgentMemory.Task, in containerID: String) {
    self.init(container: .root(containerID))
    hasStarted = task.state == .running || task.state == .killing
    guard let kill = task.kill else { return }
    ranTooLong = kill.reason == .ranTooLong
    isPreempted = kill.reason == .preempted
    // When it began is not known; it begins anew once the container is known to be there.
    if !ranTooLong {
      self.kill = KillEscalation(grace: Span(nanoseconds: max(kill.gracePeriod ?? 0, 0)), at: .zero)
    }
  }
}
