// An agent's metrics, by Mesos's names.

import MesetaAgent
import MesetaHost
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension AgentHost {
  /// - Parameter startTime: in seconds since the Unix epoch.
  func measure(startTime: Double) async -> MetricList {
    let agent = await withAgent { $0 }
    var list = MetricList()
    list.gauge("slave/uptime_secs", Double(HostClock.now().wall) / 1e9 - startTime)
    let contents = agent.describeContents()
    list.add(contents)
    list.add(agent.metrics)
    list.counter("slave/recovery_errors", UInt64(recoveryMeasures.errors))
    if let duration = recoveryMeasures.duration {
      list.gauge("slave/recovery_time_secs", duration.inSeconds)
    }
    list.gauge("gc/path_removals_pending", agent.pendingPathRemovals)
    if let age = agent.allowedSandboxAge {
      list.gauge("slave/executor_directory_max_allowed_age_secs", age.inSeconds)
    }
    return list
  }
}

extension MetricList {
  fileprivate mutating func add(_ contents: AgentContents) {
    gauge("slave/registered", contents.isRegistered ? 1 : 0)
    gauge("slave/frameworks_active", contents.frameworks.active.count)
    gauge("slave/executors_registering", contents.executorCounts.registering)
    gauge("slave/executors_running", contents.executorCounts.running)
    gauge("slave/executors_terminating", contents.executorCounts.terminating)
    let tasks = contents.tasks.launched
    gauge(
      "slave/tasks_staging",
      contents.tasks.queued.count + tasks.count { $0.record.state == .staging })
    gauge("slave/tasks_starting", tasks.count { $0.record.state == .starting })
    gauge("slave/tasks_running", tasks.count { $0.record.state == .running })
    gauge("slave/tasks_killing", tasks.count { $0.record.state == .killing })
    let allocated = contents.containers.reduce(into: Resources()) { $0 += $1.allocated }
    for name in ["cpus", "gpus", "mem", "disk"] {
      add("slave/\(name)_", name, contents.total, allocated) { !$0.isRevocable }
      add("slave/\(name)_revocable_", name, contents.total, allocated) { $0.isRevocable }
    }
  }

  /// How much of a resource there is and is allocated.
  private mutating func add(
    _ prefix: String, _ name: String, _ total: Resources, _ allocated: Resources,
    where counts: (Resource) -> Bool
  ) {
    let total = Resources(total.filter(counts)).scalar(name).value
    let used = Resources(allocated.filter(counts)).scalar(name).value
    gauge(prefix + "total", total)
    gauge(prefix + "used", used)
    gauge(prefix + "percent", total > 0 ? used / total : 0)
  }

  fileprivate mutating func add(_ metrics: AgentMetrics) {
    counter("slave/container_launch_errors", metrics.containerLaunchErrors)
    counter("slave/executors_preempted", metrics.executorsPreempted)
    counter("slave/executors_terminated", metrics.executorsTerminated)
    counter("slave/tasks_failed", metrics.tasksFailed)
    counter("slave/tasks_finished", metrics.tasksFinished)
    counter("slave/tasks_gone", metrics.tasksGone)
    counter("slave/tasks_killed", metrics.tasksKilled)
    counter("slave/tasks_lost", metrics.tasksLost)
    counter("slave/valid_status_updates", metrics.validStatusUpdates)
    counter("slave/invalid_status_updates", metrics.invalidStatusUpdates)
    counter("slave/valid_framework_messages", metrics.validFrameworkMessages)
    counter("slave/invalid_framework_messages", metrics.invalidFrameworkMessages)
    counter("gc/path_removals_failed", metrics.pathRemovalsFailed)
    counter("gc/path_removals_succeeded", metrics.pathRemovalsSucceeded)
  }
}
