// Sandboxes are removed some time after their runs, sooner when the disk fills up.

import MesetaModel
import MesetaRuntime

extension Agent {
  /// A run has ended: its sandbox is still found, and is garbage from now on.
  mutating func runHasEnded(
    _ executorID: ExecutorID, _ containerID: String, _ program: CompletedRun.Program,
    of framework: FrameworkTable.Key, at time: Time
  ) {
    let frameworkID = frameworks.update(framework) { [capacity = maxCompletedRuns] in
      $0.completed.add(
        CompletedRun(executorID: executorID, containerID: containerID, program: program), capacity: capacity)
      return $0.idText
    }
    guard configuration.diskWatchInterval != nil, let agentID = idText, let frameworkID else { return }
    // A container whose names make no path was never launched.
    let path = try? layout.sandbox(
      agentID: agentID, frameworkID: frameworkID, executorID: executorID.value, containerID: containerID)
    if let path { garbage.add(path, at: time.monotonic) }
  }

  /// It is time to look at the disk.
  mutating func watchDisk<E: AgentEffects>(at time: Time, _ effects: inout E) {
    guard let interval = configuration.diskWatchInterval else { return }
    deadlines.add(.diskWatch, at: time.monotonic + max(interval, .milliseconds(10)))
    effects.measureDisk(listsSandboxes: !hasListedSandboxes)
  }

  /// The host has looked at the disk.
  mutating func measured<E: AgentEffects>(_ sample: DiskSample, at time: Time, _ effects: inout E) {
    if !hasListedSandboxes, recovery == nil {
      hasListedSandboxes = true
      let left = sample.sandboxes.filter { containers[$0.containerID] == nil }
      garbage.add(left: left, at: time.monotonic)
    }
    guard let usage = sample.usage else {
      return effects.log(.error, "it cannot be told how full the disk of the sandboxes is")
    }
    let age = SandboxGarbage.age(
      delay: configuration.gcDelay, headroom: configuration.gcDiskHeadroom, usage: usage)
    let paths = garbage.take(olderThan: age, at: time.monotonic)
    if paths.isEmpty { return }
    effects.log(
      .info,
      "removing \(paths.count) sandboxes whose runs ended \(Int(age.inSeconds)) s ago or earlier: \(Int(usage * 100)) % of the disk is used"
    )
    effects.removeSandboxes(paths)
  }

  /// Sandboxes are removed, but for some.
  mutating func removedSandboxes<E: AgentEffects>(_ problems: [String], _ effects: inout E) {
    metrics.pathRemovalsSucceeded += UInt64(max(garbage.removed() - problems.count, 0))
    metrics.pathRemovalsFailed += UInt64(problems.count)
    for problem in problems {
      effects.log(
        .warning, "a sandbox stays until the agent is started again, as it cannot be removed: \(problem)")
    }
  }
}
