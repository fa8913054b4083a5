// Ends: of a task on request, of a framework, of an executor, and of the agent itself.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Agent {
  /// How much longer than the longest grace period the agent waits for its containers when it ends.
  static let exitSlack = Span.seconds(10)

  mutating func kill<E: AgentEffects>(
    _ name: FrameworkTask, gracePeriod: Int64?, at time: Time, _ effects: inout E
  ) {
    guard let framework = frameworks.find(name.frameworkID),
      frameworks.update(framework, { $0.info != nil && !$0.isTerminating }) == true
    else {
      return effects.log(
        .warning, "not killing task \(name.taskID): nothing of framework \(name.frameworkID) runs here")
    }
    guard let key = tasks.find(name.taskID, of: framework) else {
      marks.insert(.killOfUnknownTask)
      return reportStranger(
        name, reason: .executorTerminated, message: "The task cannot be killed: nothing runs it here",
        at: time,
        &effects)
    }
    guard tasks[key]?.updates.hasEnded == false else { return }
    if tasks[key]?.command != nil {
      let own = tasks[key]?.info?.killGracePeriod
      let grace = (gracePeriod ?? own).map { Span(nanoseconds: max($0, 0)) }
      killCommand(key, grace: grace ?? Self.defaultKillGracePeriod, at: time, &effects)
    } else if let executor = tasks[key]?.executor {
      kill(key, of: executor, gracePeriod: gracePeriod, at: time, &effects)
    }
  }

  /// The framework is gone for good: what it has is killed, and nobody is told.
  mutating func shutdownFramework<E: AgentEffects>(_ id: FrameworkID, at time: Time, _ effects: inout E) {
    effects.log(.info, "shutting down framework \(id)")
    guard let framework = frameworks.find(id) else { return }
    let isEnding = frameworks.update(framework) { framework in
      if framework.users > 0 { framework.isTerminating = true }
      return framework.isTerminating
    }
    if isEnding == true { remember(.frameworkEnds(id)) }
    for place in 0..<tasks.capacity {
      guard let key = tasks.key(at: place), tasks[key]?.framework == framework else { continue }
      if tasks[key]?.command == nil {
        removeTask(key)
      } else {
        releaseResources(of: key)  // The master gives them to others already.
        tasks.update(key) { $0.updates = StatusUpdateStream() }
        killCommand(key, grace: shutdownGrace(ofTask: key), at: time, &effects)
      }
    }
    for place in 0..<executors.capacity {
      guard let key = executors.key(at: place), executors[key]?.framework == framework else { continue }
      releaseResources(ofExecutor: key)
      shutdown(key, at: time, &effects)
    }
  }

  mutating func shutdownExecutor<E: AgentEffects>(
    _ name: ExecutorName, at time: Time, _ effects: inout E
  ) {
    if let key = executors.find(name) {
      shutdown(key, at: time, &effects)
    } else if let framework = frameworks.find(name.frameworkID),
      let key = tasks.find(TaskID(name.executorID.value), of: framework), tasks[key]?.command != nil
    {
      killCommand(key, grace: shutdownGrace(ofTask: key), at: time, &effects)
    } else {
      effects.log(.warning, "not shutting down \(name): it does not run here")
    }
  }

  private func shutdownGrace(ofTask key: TaskTable.Key) -> Span {
    tasks[key]?.info?.killGracePeriod.map { Span(nanoseconds: max($0, 0)) }
      ?? configuration.executorShutdownGracePeriod
  }

  // MARK: The end of the agent

  /// The master wants the agent to end.
  mutating func shutdown<E: AgentEffects>(_ reason: String, at time: Time, _ effects: inout E) {
    marks.insert(.endedByMaster)
    effects.log(.warning, "the master shuts this agent down: \(reason)")
    let wait = longestGrace()
    phase = .stopping(unregisters: false)
    for place in 0..<frameworks.entries.capacity {
      if let key = frameworks.entries.key(at: place), let id = frameworks[key]?.id {
        shutdownFramework(id, at: time, &effects)
      }
    }
    deadlines.add(.exit, at: time.monotonic + wait + Self.exitSlack)
    leaveIfStopped(at: time, &effects)
  }

  /// The operator wants the agent to end.
  mutating func stop<E: AgentEffects>(at time: Time, _ effects: inout E) {
    if case .stopping = phase {
      effects.log(.warning, "told to stop again: killing what is left")
      return killAll(at: time, &effects) { _ in .zero }
    }
    effects.log(.info, "stopping: killing \(containers.count) containers")
    end(unregisters: true, at: time, &effects)
  }

  /// Kills everything, and ends when that is done.
  mutating func end<E: AgentEffects>(unregisters: Bool, at time: Time, _ effects: inout E) {
    let wait = longestGrace()
    phase = .stopping(unregisters: unregisters)
    killAll(at: time, &effects) { $0 }
    deadlines.add(.exit, at: time.monotonic + wait + Self.exitSlack)
    leaveIfStopped(at: time, &effects)
  }

  /// Kills everything that runs, with a grace period made from its own.
  private mutating func killAll<E: AgentEffects>(
    at time: Time, _ effects: inout E, grace change: (Span) -> Span
  ) {
    for place in 0..<tasks.capacity {
      guard let key = tasks.key(at: place), tasks[key]?.command != nil else { continue }
      killCommand(key, grace: change(shutdownGrace(ofTask: key)), at: time, &effects)
    }
    for place in 0..<executors.capacity {
      guard let key = executors.key(at: place) else { continue }
      if executors[key]?.state == .terminating, let id = executors[key]?.containerID {
        endContainer(id, grace: .zero, &effects)
      } else {
        shutdown(key, at: time, &effects)
      }
    }
  }

  private func longestGrace() -> Span {
    var longest = configuration.executorShutdownGracePeriod
    for place in 0..<tasks.capacity {
      if let key = tasks.key(at: place), tasks[key]?.command != nil {
        longest = max(longest, shutdownGrace(ofTask: key))
      }
    }
    executors.entries.visit { _, executor in
      longest = max(longest, executor.shutdownGracePeriod ?? longest)
    }
    return longest
  }

  /// Exits if the agent is on its way out and nothing runs any more.
  mutating func leaveIfStopped<E: AgentEffects>(at time: Time, _ effects: inout E) {
    // How they ended is still told, once it is written down.
    guard case .stopping = phase, containers.isEmpty, recorder.isSettled else { return }
    leave(at: time, &effects)
  }

  mutating func leave<E: AgentEffects>(at time: Time, _ effects: inout E) {
    if !containers.isEmpty {
      effects.log(.error, "exiting although \(containers.count) containers did not end when they were killed")
    }
    if case .stopping(unregisters: true) = phase, let id = info.id, let session = connection.session {
      effects.send(.agentMessage(.unregister(id)), to: session)
    }
    exit(&effects)
  }
}
