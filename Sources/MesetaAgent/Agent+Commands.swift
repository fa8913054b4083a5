// Plain commands: the agent does what an executor would do for them.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// How a container ended, or that it never was.
enum ContainerEnd {
  case ended(ContainerExit)
  case notLaunched(reason: String)
}

extension Agent {
  /// How long a command may take to end after SIGTERM if nobody says otherwise, as in Mesos's command executor.
  static let defaultKillGracePeriod = Span.seconds(3)

  mutating func run<E: AgentEffects>(
    _ task: TaskInfo, _ name: FrameworkTask, _ command: CommandInfo, _ framework: FrameworkTable.Key,
    at time: Time, _ effects: inout E
  ) throws(LaunchRefusal) {
    if executors.find(ExecutorName(name.frameworkID, task.executorID)) != nil {
      throw .dropped(.taskInvalid, "command \(task.id) has the id of an executor that runs here")
    }
    let containerID = nextUUID().description
    let launch = try launch(containerID, task, command, framework, executor: nil)
    try reserve(task.resources, for: task)
    var entry = AgentTask(name, framework: framework, info: task, isAccepted: true)
    entry.command = CommandRun(container: .root(containerID))
    let key = addTask(entry)
    containers[containerID] = .task(key)
    writeCheckpointIfStale(&effects)  // The container may use a volume that has just been made.
    self.launch(launch, &effects)
    report(key, .starting, .executor, at: time, &effects)
  }

  mutating func commandStarted<E: AgentEffects>(
    _ key: TaskTable.Key, at time: Time, _ effects: inout E
  ) {
    let (framework, limit) =
      tasks.update(key) { task -> (FrameworkTable.Key?, Int64?) in
        guard task.command?.hasStarted == false, task.command?.kill == nil else { return (nil, nil) }
        task.command?.hasStarted = true
        return (task.framework, task.info?.maxCompletionTime)
      } ?? (nil, nil)
    guard let framework, !isTerminating(framework) else { return }
    report(key, .running, .executor, at: time, &effects)
    if let limit, limit > 0 {
      deadlines.add(.taskCompletion(key), at: time.monotonic + Span(nanoseconds: limit))
    }
  }

  /// Whether a framework was shut down.
  func isTerminating(_ framework: FrameworkTable.Key) -> Bool {
    frameworks.entries.contains(framework) && frameworks.entries[valid: framework].isTerminating
  }

  mutating func taskRanTooLong<E: AgentEffects>(
    _ key: TaskTable.Key, at time: Time, _ effects: inout E
  ) {
    let containerID = tasks.update(key) { task -> String? in
      // A command that is being killed keeps the time it was given.
      guard task.command?.kill == nil else { return nil }
      task.command?.ranTooLong = true
      return task.command?.containerID
    }
    guard let containerID = containerID ?? nil else { return }
    rememberKill(key, RecordedKill(.ranTooLong, gracePeriod: 0))
    endContainer(containerID, grace: .zero, &effects)
  }

  /// Kills a command; asked again, it may only shorten the time that is left.
  mutating func killCommand<E: AgentEffects>(
    _ key: TaskTable.Key, grace: Span, at time: Time, _ effects: inout E
  ) {
    guard let command = tasks[key]?.command else { return }
    if var escalation = command.kill {
      guard let rest = escalation.shorten(to: grace, at: time.monotonic) else { return }
      marks.insert(.killShortened)
      tasks.update(key) { $0.command?.kill = escalation }
      return endContainer(command.containerID, grace: rest, &effects)
    }
    rememberKill(key, RecordedKill(.wanted, gracePeriod: grace.nanoseconds))
    tasks.update(key) { $0.command?.kill = KillEscalation(grace: grace, at: time.monotonic) }
    let framework = tasks[key].flatMap { frameworks[$0.framework] }
    if let framework, framework.hasTaskKillingState, command.hasStarted, !framework.isTerminating {
      report(key, .killing, .executor, at: time, &effects)
    }
    endContainer(command.containerID, grace: grace, &effects)
  }

  /// Has the end of a task told as what it is, also by a later life of the agent.
  mutating func rememberKill(_ key: TaskTable.Key, _ kill: RecordedKill) {
    if recorder.isOn, let name = tasks[key]?.key { recorder.add(.taskKilled(name, kill)) }
  }

  mutating func commandEnded<E: AgentEffects>(
    _ key: TaskTable.Key, _ end: ContainerEnd, at time: Time, _ effects: inout E
  ) {
    let (command, framework, executorID) =
      tasks.update(key) { ($0.command, $0.framework, $0.executorID) } ?? (nil, nil, nil)
    guard let command, let framework, let executorID else { return }
    let isUnwanted = isTerminating(framework)
    if !isUnwanted { reportEnd(key, command, end, at: time, &effects) }
    let ended = tasks.update(key) { task in
      task.command = nil
      return task.ended
    }
    runHasEnded(executorID, command.containerID, .command(ended ?? nil), of: framework, at: time)
    if isUnwanted { removeTask(key) }
  }

  private mutating func reportEnd<E: AgentEffects>(
    _ key: TaskTable.Key, _ command: CommandRun, _ end: ContainerEnd, at time: Time, _ effects: inout E
  ) {
    if reportPreemption(key, command, end, at: time, &effects) { return }
    if command.kill != nil, !command.hasStarted {
      marks.insert(.killBeforeStart)
      report(
        key, .killed, .agent, reason: .taskKilledDuringLaunch,
        message: "Killed before the command had started",
        at: time, &effects)
      return
    }
    switch end {
    case .notLaunched(let reason):
      report(
        key, .failed, .agent, reason: .containerLaunchFailed,
        message: "The container was not launched: \(reason)",
        at: time, &effects)
    case .ended(let exit):
      let message = exit.ofCommand
      let (state, reason): (TaskState, TaskStatus.Reason?) =
        switch exit {
        case .lost: (.failed, nil)
        case _ where command.ranTooLong: (.failed, .maxCompletionTimeReached)
        case _ where command.kill != nil && !command.isPreempted: (.killed, nil)
        case .exited(0): (.finished, nil)
        case .exited, .signaled: (.failed, nil)
        }
      report(key, state, .executor, reason: reason, message: message, at: time, &effects)
    }
  }
}
