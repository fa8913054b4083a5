// What can be seen of an agent from outside.

import MesetaModel
package import MesetaProtocol
package import MesetaRuntime

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
    addContainers(to: &contents)
    return contents
  }

  private func addContainers(to contents: inout AgentContents) {
    for executor in usage().executors {
      let known = executors.find(ExecutorName(executor.frameworkID, executor.executorID)).flatMap {
        executors[$0]
      }
      let ended = known?.ended.told.map { $0.describe(of: executor.frameworkID) } ?? []
      contents.tasks.completed += ended
      contents.containers.append(
        container(
          executor.containerID, of: executor.frameworkID, executor.executorID,
          known?.info ?? commandExecutor(in: executor.containerID),
          allocated: executor.allocated, ended))
    }
    frameworks.entries.visit { key, framework in addCompleted(of: framework, key, to: &contents) }
  }

  private func commandExecutor(in containerID: String) -> ExecutorInfo? {
    guard case .task(let key) = containers[containerID], let task = tasks[key], let info = task.info else {
      return nil
    }
    return ExecutorInfo(ofCommand: info, of: task.key.frameworkID)
  }

  /// A task whose end is not acknowledged is among those of its run, but not among all that are completed.
  private func addCompleted(
    of framework: AgentFramework, _ key: FrameworkTable.Key, to contents: inout AgentContents
  ) {
    var unacknowledged = Set<TaskTable.Key>()
    var containers: [AgentContents.Container] = []
    var completed: [TaskDescription] = []
    // From the newest to the oldest: of several tasks with one id it is the last that may be unacknowledged.
    for run in framework.completed.inOrder.reversed() {
      let tasks = run.tasks.map { $0.describe(of: framework.id) }
      for task in tasks.reversed() {
        if let known = self.tasks.find(task.record.info.id, of: key),
          self.tasks[known]?.updates.hasEnded == true, unacknowledged.insert(known).inserted
        {
          continue
        }
        completed.append(task)
      }
      containers.append(
        container(
          run.containerID, of: framework.id, run.executorID, run.executor(of: framework.id),
          allocated: run.executor(of: framework.id)?.resources ?? Resources(), tasks))
    }
    contents.completedContainers += containers.reversed()
    contents.tasks.completed += completed.reversed()
  }

  private func container(
    _ id: String, of frameworkID: FrameworkID, _ executorID: ExecutorID, _ executor: ExecutorInfo?,
    allocated: Resources, _ completedTasks: [TaskDescription]
  ) -> AgentContents.Container {
    var container = AgentContents.Container(
      id, of: frameworkID, executorID, allocated: allocated)
    // It could not have been launched if its names made no path.
    let directory = try? layout.sandbox(
      agentID: idText ?? "", frameworkID: frameworkID.value, executorID: executorID.value, containerID: id)
    container.directory = directory ?? ""
    container.executor = executor
    container.completedTasks = completedTasks
    return container
  }

  /// How many sandboxes of ended runs are still to be removed.
  package var pendingPathRemovals: Int { garbage.count }

  /// How old they may become; nil before the disk was looked at.
  package var allowedSandboxAge: Span? { garbage.allowedAge }

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
