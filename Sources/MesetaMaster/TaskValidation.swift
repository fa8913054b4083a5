import MesetaModel
import MesetaProtocol

/// What the master checks of a task before it launches it, given what it knows of framework, agent and offer. The
/// texts are Mesos's by meaning.
enum TaskValidation {
  /// What is wrong with a task; nil if nothing is.
  ///
  /// - Parameters:
  ///   - needed: what the task takes of the offers, at rest: its resources, and those of an executor that is to be
  ///     started for it.
  ///   - available: what the offers hold that earlier tasks of the call have not used; at rest.
  ///   - role: the role that the offers are allocated to.
  static func problem(
    with task: TaskInfo, needed: Resources, available: Resources, role: String,
    of framework: borrowing FrameworkEntry, _ key: FrameworkKey, on agent: borrowing AgentEntry
  ) -> String? {
    if framework.tasks[task.id] != nil || framework.unreachableTasks[task.id] != nil {
      return "Task has duplicate ID: \(task.id)"
    }
    return identityProblem(with: task, on: agent.id) ?? programProblem(with: task)
      ?? executorProblem(with: task, of: framework.id, running: agent.executor(of: task, key))
      ?? resourceProblem(with: task, needed: needed, available: available, role: role)
  }

  private static func identityProblem(with task: TaskInfo, on agent: AgentID) -> String? {
    if let problem = Identifier.problem(with: task.id.value) { return "Task ID '\(task.id)' \(problem)" }
    if task.agentID != agent {
      return "Task uses invalid agent \(task.agentID) while agent \(agent) is expected"
    }
    if let period = task.killGracePeriod, period < 0 {
      return "Task's 'kill_policy.grace_period' must be non-negative"
    }
    if let time = task.maxCompletionTime, time < 0 {
      return "Task's 'max_completion_time' must be non-negative"
    }
    return nil
  }

  private static func programProblem(with task: TaskInfo) -> String? {
    if task.hasCommand == task.hasExecutor {
      return "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present"
    }
    if task.hasChecks {
      return
        "Health checks are not supported by this version: remove 'health_check' and 'check' from the task"
    }
    return nil
  }

  private static func executorProblem(
    with task: TaskInfo, of framework: FrameworkID, running: ExecutorEntry?
  ) -> String? {
    guard let executor = task.executor else { return nil }
    if let problem = Identifier.problem(with: executor.id.value) {
      return "Executor ID '\(executor.id)' \(problem)"
    }
    if executor.frameworkID != framework {
      return "ExecutorInfo has an invalid FrameworkID (Actual: \(executor.frameworkID?.value ?? "none") vs "
        + "Expected: \(framework))"
    }
    if let kind = executor.kind, kind != .custom {
      return "'ExecutorInfo.type' must be 'CUSTOM'"
    }
    if executor.command == nil { return "'ExecutorInfo.command' must be set for 'CUSTOM' executor" }
    if let period = executor.shutdownGracePeriod, period < 0 {
      return "ExecutorInfo's 'shutdown_grace_period' must be non-negative"
    }
    if let running, running.info != executor {
      return "ExecutorInfo is not compatible with the running executor '\(executor.id)' of the same id"
    }
    return nil
  }

  private static func resourceProblem(
    with task: TaskInfo, needed: Resources, available: Resources, role: String
  ) -> String? {
    if task.resources.isEmpty { return "Task uses no resources" }
    if let problem = problem(with: task.resources, role: role) { return problem }
    if task.hasExecutor, let resources = task.executor?.resources,
      let problem = problem(with: resources, role: role)
    {
      return problem
    }
    guard available.contains(needed) else {
      return "Total resources \(needed.allocated(to: role)) required by task and its executor is more than "
        + "available \(available.allocated(to: role))"
    }
    return nil
  }

  /// What is wrong with the resources of a task or its executor in themselves.
  private static func problem(with needed: Resources, role: String) -> String? {
    let resources = needed.resources
    for index in resources.indices {
      if resources[index].allocationRole != role {
        return "The resource \(resources[index]) is not allocated to the role '\(role)' of the offers"
      }
      if resources[index].name == "gpus", resources[index].value.quantity.milli % 1000 != 0 {
        return "The 'gpus' resource must be an unsigned integer, not \(resources[index].value)"
      }
    }
    return nil
  }
}

extension AgentEntry {
  func executor(_ id: ExecutorID, of framework: FrameworkKey) -> ExecutorEntry? {
    executors.first { $0.framework == framework && $0.info.id == id }
  }

  /// The executor that a task would join; nil if its executor does not run here, or it has none of its own.
  func executor(of task: TaskInfo, _ framework: FrameworkKey) -> ExecutorEntry? {
    if executors.isEmpty { return nil }
    return task.executor.flatMap { executor($0.id, of: framework) }
  }

  func runs(_ id: ExecutorID, of framework: FrameworkKey) -> Bool { executor(id, of: framework) != nil }
}
