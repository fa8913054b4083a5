import MesetaModel
import MesetaProtocol

/// What the master checks of a task before it launches it, given what it knows of framework, agent and offer. The
/// texts are Mesos's by meaning.
struct TaskValidation {
  let framework: FrameworkEntry
  let agent: AgentEntry
  let frameworkKey: FrameworkKey
  /// The role that the offers are allocated to.
  let role: String
  /// What the offers hold that earlier tasks of the call have not used; at rest.
  let available: Resources
  /// Whether the framework has a task of that id.
  let isKnown: Bool

  /// What is wrong with the task; nil if nothing is.
  func problem(with task: TaskInfo) -> String? {
    identityProblem(with: task) ?? programProblem(with: task) ?? resourceProblem(with: task)
  }

  private func identityProblem(with task: TaskInfo) -> String? {
    if let problem = Identifier.problem(with: task.id.value) { return "Task ID '\(task.id)' \(problem)" }
    if isKnown { return "Task has duplicate ID: \(task.id)" }
    if task.agentID != agent.id {
      return "Task uses invalid agent \(task.agentID) while agent \(agent.id) is expected"
    }
    if let period = task.killGracePeriod, period < 0 {
      return "Task's 'kill_policy.grace_period' must be non-negative"
    }
    if let time = task.fields.maxCompletionTime, time < 0 {
      return "Task's 'max_completion_time' must be non-negative"
    }
    return nil
  }

  private func programProblem(with task: TaskInfo) -> String? {
    if (task.command == nil) == (task.executor == nil) {
      return "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present"
    }
    if task.fields.healthCheck != nil || task.fields.check != nil {
      return
        "Health checks are not supported by this version: remove 'health_check' and 'check' from the task"
    }
    guard let executor = task.executor else { return nil }
    if let problem = Identifier.problem(with: executor.id.value) {
      return "Executor ID '\(executor.id)' \(problem)"
    }
    if executor.frameworkID != framework.id {
      return "ExecutorInfo has an invalid FrameworkID (Actual: \(executor.frameworkID?.value ?? "none") vs "
        + "Expected: \(framework.id))"
    }
    if let kind = executor.kind, kind != .custom {
      return "'ExecutorInfo.type' must be 'CUSTOM'"
    }
    if executor.command == nil { return "'ExecutorInfo.command' must be set for 'CUSTOM' executor" }
    if let period = executor.shutdownGracePeriod, period < 0 {
      return "ExecutorInfo's 'shutdown_grace_period' must be non-negative"
    }
    if let running = agent.executor(executor.id, of: frameworkKey), running.info != executor {
      return "ExecutorInfo is not compatible with the running executor '\(executor.id)' of the same id"
    }
    return nil
  }

  private func resourceProblem(with task: TaskInfo) -> String? {
    if task.resources.isEmpty { return "Task uses no resources" }
    var total = task.resources
    if let executor = task.executor, !agent.runs(executor.id, of: frameworkKey) {
      total += executor.resources
    }
    for resource in total {
      if resource.allocationRole != role {
        return "The resource \(resource) is not allocated to the role '\(role)' of the offers"
      }
      if resource.name == "gpus", resource.value.quantity.milli % 1000 != 0 {
        return "The 'gpus' resource must be an unsigned integer, not \(resource.value)"
      }
    }
    let offered = available.allocated(to: role)
    guard offered.contains(total) else {
      return "Total resources \(total) required by task and its executor is more than available \(offered)"
    }
    return nil
  }
}

extension AgentEntry {
  func executor(_ id: ExecutorID, of framework: FrameworkKey) -> ExecutorEntry? {
    executors.first { $0.framework == framework && $0.info.id == id }
  }

  func runs(_ id: ExecutorID, of framework: FrameworkKey) -> Bool { executor(id, of: framework) != nil }
}
