// An agent that was started again finds its containers, and waits for its executors.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// What an agent does with what an earlier life has left running.
public enum RecoveryMode: String, Hashable, Codable, Sendable, CaseIterable {
  /// It goes on with it.
  case reconnect
  /// It ends it, and then itself.
  case cleanup
}

extension Agent {
  /// Whether the agent has done with what an earlier life has left.
  package var hasRecovered: Bool { recovery == nil }

  /// The host knows which containers are there.
  mutating func recovered<E: AgentEffects>(
    _ containerIDs: [String], afterReboot: Bool, at time: Time, _ effects: inout E
  ) {
    guard case .containers(let resumption) = recovery else { return }
    effects.log(
      .info, "recovering \(containers.count) containers, of which \(containerIDs.count) are there")
    recovery = .executors
    let found = Set(containerIDs)
    for run in resumption.runs { resume(run, at: time) }
    for kill in resumption.kills { resume(kill, at: time, &effects) }
    endCommandsWithoutContainer(found, afterReboot: afterReboot, at: time, &effects)
    endExecutorsWithoutContainer(found, at: time, &effects)
    guard configuration.recoveryMode == .reconnect else { return cleanUp(at: time, &effects) }
    if waitsForExecutors {
      deadlines.add(.executorReregistration, at: time.monotonic + configuration.executorReregistrationTimeout)
    }
    finishRecovery(&effects)
    leaveIfStopped(at: time, &effects)
  }

  /// A command that may run for so long has done so for a while.
  private mutating func resume(_ run: Resumption.Run, at time: Time) {
    guard let limit = tasks[run.task]?.info?.maxCompletionTime, limit > 0 else { return }
    // A clock that was set back has nothing elapsed.
    let elapsed = Span(clampingSeconds: Double(time.wall) / 1e9 - run.since) ?? .zero
    let rest = Span(nanoseconds: max(limit - elapsed.nanoseconds, 0))
    deadlines.add(.taskCompletion(run.task), at: time.monotonic + rest)
  }

  /// A command was being killed, or was about to be: its supervisor goes by the earliest end of several.
  private mutating func resume<E: AgentEffects>(
    _ kill: Resumption.Kill, at time: Time, _ effects: inout E
  ) {
    guard let command = tasks[kill.task]?.command else { return }
    marks.insert(.killResumed)
    let grace = Span(nanoseconds: max(kill.gracePeriod ?? 0, 0))
    tasks.update(kill.task) {
      if $0.command?.kill != nil { $0.command?.kill = KillEscalation(grace: grace, at: time.monotonic) }
    }
    effects.kill(containerID: command.containerID, grace: grace)
  }

  private mutating func endCommandsWithoutContainer<E: AgentEffects>(
    _ found: Set<String>, afterReboot: Bool, at time: Time, _ effects: inout E
  ) {
    for place in 0..<tasks.capacity {
      guard let key = tasks.key(at: place) else { continue }
      if let command = tasks[key]?.command {
        if found.contains(command.containerID) { continue }
        containers.removeValue(forKey: command.containerID)
        if isTerminating(tasks.entries[place].framework) {
          commandEnded(key, .ended(.lost("its container is gone")), at: time, &effects)
        } else {
          commandIsGone(key, command, afterReboot: afterReboot, at: time, &effects)
        }
      } else if tasks.entries[place].isWithoutExecutor {
        // Its executor's record could not be read.
        report(
          key, .failed, .agent, reason: .executorTerminated,
          message: "Its executor was gone when the agent started again", at: time, &effects)
      }
    }
  }

  private mutating func commandIsGone<E: AgentEffects>(
    _ key: TaskTable.Key, _ command: CommandRun, afterReboot: Bool, at time: Time, _ effects: inout E
  ) {
    let dropped = tasks[key].flatMap { frameworks[$0.framework]?.dropped } ?? .lost
    if command.hasStarted || afterReboot {
      report(
        key, .failed, .agent, reason: .executorTerminated,
        message: afterReboot
          ? "The machine was started again" : "Its container was gone when the agent started again",
        at: time, &effects)
    } else if command.kill != nil {
      report(
        key, .killed, .agent, reason: .taskKilledDuringLaunch,
        message: "Killed before the command had started", at: time, &effects)
    } else {
      marks.insert(.recoveredCommandNotLaunched)
      report(
        key, dropped, .agent, reason: .agentRestarted,
        message: "The agent was started again before the command had been", at: time, &effects)
    }
    let task = tasks.update(key) { task in
      task.command = nil
      return (task.framework, task.executorID, task.ended)
    }
    guard let (framework, executorID, ended) = task, let executorID else { return }
    runHasEnded(executorID, command.containerID, .command(ended), of: framework, at: time)
  }

  private mutating func endExecutorsWithoutContainer<E: AgentEffects>(
    _ found: Set<String>, at time: Time, _ effects: inout E
  ) {
    for place in 0..<executors.capacity {
      guard let key = executors.key(at: place), let containerID = executors[key]?.containerID else {
        continue
      }
      if !found.contains(containerID) {
        containers.removeValue(forKey: containerID)
        executorEnded(
          key, .ended(.lost("its container was gone when the agent started again")), at: time, &effects)
      } else if executors[key]?.state == .terminating {
        // It was told, or was about to be; whoever comes back is told again.
        let grace = executors[key]?.shutdownGracePeriod ?? configuration.executorShutdownGracePeriod
        effects.kill(containerID: containerID, grace: grace)
      }
    }
  }

  private mutating func cleanUp<E: AgentEffects>(at time: Time, _ effects: inout E) {
    effects.log(.info, "cleaning up: killing \(containers.count) containers of an earlier life, and ending")
    end(unregisters: false, at: time, &effects)
  }

  // MARK: Executors

  /// Whether executors of an earlier life may still come back.
  private var waitsForExecutors: Bool {
    for place in 0..<executors.capacity where executors.key(at: place) != nil {
      if executors.entries[place].isAwaited { return true }
    }
    return false
  }

  /// The agent registers once nobody is waited for any more.
  mutating func finishRecovery<E: AgentEffects>(_ effects: inout E) {
    guard case .executors = recovery, case .running = phase, !waitsForExecutors else { return }
    effects.log(.info, "recovered \(tasks.count) tasks")
    recovery = nil
  }

  /// Some executors of an earlier life have not come back.
  mutating func executorsDidNotReturn<E: AgentEffects>(at time: Time, _ effects: inout E) {
    guard case .executors = recovery else { return }
    let message = "The executor did not come back within \(configuration.executorReregistrationTimeout)"
    for place in 0..<executors.capacity {
      guard let key = executors.key(at: place), let executor = executors[key], executor.isAwaited else {
        continue
      }
      marks.insert(.recoveredExecutorTimeout)
      effects.log(.warning, "killing \(executor.name): \(message)")
      let state = frameworks[executor.framework]?.isPartitionAware == true ? TaskState.gone : .lost
      executors.update(key) {
        $0.state = .terminating
        $0.verdict = AgentExecutor.Verdict(
          state: state, reason: .executorReregistrationTimeout, message: message)
      }
      remember(.executorEnds(executor.name.record))
      endContainer(executor.containerID, grace: .zero, &effects)
    }
    finishRecovery(&effects)
  }
}

extension AgentExecutor {
  /// Whether it may come back to an agent that was started again.
  var isAwaited: Bool { isRecovered && state == .registering }
}

extension AgentTask {
  /// Whether there is nothing that could run it although it has not ended.
  fileprivate var isWithoutExecutor: Bool {
    !isStranger && executor == nil && command == nil && !updates.hasEnded
  }
}

extension ExecutorName {
  /// The name as it is written down.
  var record: FrameworkExecutor { FrameworkExecutor(frameworkID, executorID) }
}
