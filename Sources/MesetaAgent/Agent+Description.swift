// What can be seen of an agent from outside.

import MesetaModel
package import MesetaProtocol
import MesetaRuntime

extension Agent {
  /// What is on the agent, in the order it came as far as places are not used again.
  package func describeContents() -> AgentContents {
    var contents = AgentContents(info)
    contents.endpoint = configuration.endpoint
    contents.capabilities = configuration.capabilities
    contents.masterHostname = connection.session.flatMap { sessions[$0]?.peer.hostname }
    contents.isRegistered = connection.registeredSession != nil
    contents.total = total + (oversubscription.total ?? Resources())
    contents.drainConfig = drainConfig
    contents.operations = operations.records
    frameworks.entries.visit { _, framework in
      guard let info = framework.info else { return }
      if framework.users > 0 {
        contents.frameworks.active.append(info)
      } else {
        contents.frameworks.completed.append(info)
      }
    }
    executors.entries.visit { _, executor in
      contents.executors.append(executor.info)
      switch executor.state {
      case .registering: contents.executorCounts.registering += 1
      case .running: contents.executorCounts.running += 1
      case .terminating: contents.executorCounts.terminating += 1
      }
    }
    tasks.entries.visit { _, task in
      guard let description = task.description else { return }
      if task.updates.hasEnded {
        contents.tasks.terminated.append(description)
      } else if task.isQueued {
        contents.tasks.queued.append(description)
      } else {
        contents.tasks.launched.append(description)
      }
    }
    for executor in usage().executors {
      let known = executors.find(ExecutorName(executor.frameworkID, executor.executorID))
      var container = AgentContents.Container(
        executor.containerID, of: executor.frameworkID, executor.executorID,
        name: known.flatMap { executors[$0]?.info.name } ?? "", allocated: executor.allocated)
      // Its container could not have been launched if its names made no path.
      let directory = try? layout.sandbox(
        agentID: idText ?? "", frameworkID: executor.frameworkID.value, executorID: executor.executorID.value,
        containerID: executor.containerID)
      container.directory = directory ?? ""
      contents.containers.append(container)
    }
    return contents
  }

  /// How many sandboxes of ended runs are still to be removed.
  package var pendingPathRemovals: Int { garbage.count }

  /// How many executors can be told something.
  package var connectedExecutors: Int {
    var count = 0
    for place in 0..<executors.capacity where executors.key(at: place) != nil {
      if executors.entries[place].session != nil { count += 1 }
    }
    return count
  }
}

extension AgentTask {
  /// Nil for a task that the agent only reports on.
  fileprivate var description: TaskDescription? {
    guard let info else { return nil }
    let record = TaskRecord(
      key.frameworkID, info, state: state, statusUpdateState: updates.current?.state,
      statusUpdateUUID: updates.current?.uuid)
    return TaskDescription(record, statuses: updates.current.map { [$0] } ?? [], isCompleted: false)
  }
}
