// The master takes the agent out of use: its tasks are killed, and it takes no more until they have ended.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Agent {
  /// Kills every task. Said again, to an agent that is back, it kills those that are left.
  mutating func drain<E: AgentEffects>(_ config: DrainConfig, at time: Time, _ effects: inout E) {
    guard hasTasksOfItsOwn else { return effects.log(.info, "told to drain, with no tasks left") }
    effects.log(.info, "draining: killing \(tasks.count - strangers) tasks")
    drainConfig = config
    for place in 0..<tasks.capacity {
      guard let key = tasks.key(at: place), let task = tasks[key], !task.isStranger else { continue }
      kill(task.key, gracePeriod: gracePeriod(of: task, config), at: time, &effects)
    }
  }

  /// The shorter of the task's own time and what the drain gives it; nil: its own.
  private func gracePeriod(of task: AgentTask, _ config: DrainConfig) -> Int64? {
    guard let longest = config.maxGracePeriod else { return nil }
    if let own = task.info?.killGracePeriod, own <= longest { return nil }
    return longest
  }

  /// The status of a task that goes away with the drain says so. One that is being killed runs still: it is not gone yet, whereas
  /// Mesos says so, and then has nothing to say of its end.
  mutating func drained(_ status: TaskStatus, _ key: TaskTable.Key) -> TaskStatus {
    guard let drainConfig, status.state == .killing || status.state == .killed else { return status }
    var status = status
    status.reason = .agentDraining
    if status.state == .killed, drainConfig.marksGone, let framework = tasks[key]?.framework,
      frameworks[framework]?.isPartitionAware == true
    {
      marks.insert(.drainedTaskGone)
      status.state = .goneByOperator
    }
    return status
  }
}
