import MesetaModel
import MesetaProtocol

/// What the master checks of a task before it launches it, given what it knows of framework, agent and offer: Mesos's
/// rules in Mesos's order, with its texts where clients may look at them.
enum TaskValidation {
  /// Where the id of a task has been met before.
  enum Namesake: Sendable {
    case known
    /// On an agent that went unreachable.
    case unreachable
  }

  /// What is wrong with a task; nil if nothing is.
  ///
  /// - Parameters:
  ///   - needed: what the task takes of the offers, at rest: its resources, and those of an executor that is to be
  ///     started for it.
  ///   - available: what the offers hold that earlier tasks of the call have not used; at rest.
  ///   - role: the role that the offers are allocated to.
  ///   - namesake: another task of the framework that has the id.
  ///   - running: the executor that the task would join.
  static func problem(
    with task: TaskInfo, needed: Resources, available: Resources, role: String,
    of framework: FrameworkID, namesake: Namesake?, on agent: AgentID,
    running: @autoclosure () -> ExecutorEntry?
  ) -> String? {
    if let problem = Identifier.problem(with: task.id.value) { return problem }
    switch namesake {
    case .known: return "Task has duplicate ID: \(task.id)"
    case .unreachable: return "Task reuses the ID of an unreachable task: \(task.id)"
    case nil: break
    }
    return fieldProblem(with: task, on: agent)
      ?? (task.resources.isEmpty ? "Task uses no resources" : nil)
      ?? resourceProblem(with: task.resources, of: "Task", role: role)
      ?? programProblem(with: task)
      ?? (task.hasExecutor
        ? executorProblem(with: task, of: framework, running: running(), role: role) : nil)
      ?? sumProblem(with: task, needed: needed, available: available, role: role)
  }

  private static func fieldProblem(with task: TaskInfo, on agent: AgentID) -> String? {
    if task.agentID != agent {
      return "Task uses invalid agent \(task.agentID) while agent \(agent) is expected"
    }
    if let period = task.killGracePeriod, period < 0 {
      return "Task's 'kill_policy.grace_period' must be non-negative"
    }
    if let time = task.maxCompletionTime, time < 0 {
      return "Task's `max_completion_time` must be non-negative"
    }
    if task.hasChecks {
      return
        "Health checks are not supported by this version: remove 'health_check' and 'check' from the task"
    }
    return nil
  }

  private static func programProblem(with task: TaskInfo) -> String? {
    if task.hasLimits { return "Agent is not capable of handling task resource limits" }
    if task.hasCommand == task.hasExecutor {
      return "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present"
    }
    return nil
  }

  private static func executorProblem(
    with task: TaskInfo, of framework: FrameworkID, running: ExecutorEntry?, role: String
  ) -> String? {
    guard let executor = task.executor else { return nil }
    if let problem = Identifier.problem(with: executor.id.value) { return problem }
    if let period = executor.shutdownGracePeriod, period < 0 {
      return "ExecutorInfo's 'shutdown_grace_period' must be non-negative"
    }
    if executor.frameworkID != framework {
      return "ExecutorInfo has an invalid FrameworkID (Actual: \(executor.frameworkID?.value ?? "none") vs "
        + "Expected: \(framework))"
    }
    if let problem = resourceProblem(with: executor.resources, of: "Executor", role: role) { return problem }
    if let running, running.info != executor {
      return "ExecutorInfo is not compatible with existing ExecutorInfo with same ExecutorID '\(executor.id)'"
    }
    if let kind = executor.kind, kind != .custom { return "'ExecutorInfo.type' must be 'CUSTOM'" }
    if executor.command == nil { return "'ExecutorInfo.command' must be set for 'CUSTOM' executor" }
    return nil
  }

  /// What is wrong with the resources of a task or its executor in themselves.
  private static func resourceProblem(with needed: Resources, of owner: String, role: String) -> String? {
    let resources = needed.resources
    for index in resources.indices {
      if resources[index].value.quantity < .zero {
        return "\(owner) uses invalid resources: Invalid scalar resource: value < 0"
      }
      if resources[index].name == "gpus", resources[index].value.quantity.milli % 1000 != 0 {
        return "\(owner) uses invalid resources: The 'gpus' resource must be an unsigned integer"
      }
      if resources[index].allocationRole != role {
        return "The resource \(resources[index]) is not allocated to the role '\(role)' of the offers"
      }
    }
    if let problem = mixProblem(with: needed) {
      return "\(owner) mixes revocable and non-revocable resources: \(problem)"
    }
    if needed.isPlain { return nil }
    return ResourceValidation.uniquenessProblem(with: needed).map {
      "\(owner) uses duplicate persistence ID: \($0)"
    }
  }

  /// What is wrong with the resources of a task and its executor together.
  private static func sumProblem(
    with task: TaskInfo, needed: Resources, available: Resources, role: String
  ) -> String? {
    if task.hasExecutor, let executor = task.executor?.resources {
      if task.resources.overlaps(executor) {
        return "There are overlapping resources in the task resources \(task.resources) and executor "
          + "resources \(executor)"
      }
      if let problem = mixProblem(with: task.resources + executor) {
        return "Task and its executor mix revocable and non-revocable resources: \(problem)"
      }
    }
    guard available.contains(needed) else {
      return "Total resources \(needed.allocated(to: role)) required by task and its executor is more than "
        + "available \(available.allocated(to: role))"
    }
    return nil
  }

  private static func mixProblem(with mixed: Resources) -> String? {
    let resources = mixed.resources
    for index in resources.indices where resources[index].isRevocable {
      let name = resources[index].name
      if resources.contains(where: { $0.name == name && !$0.isRevocable }) {
        return "Cannot use both revocable and non-revocable '\(name)' at the same time"
      }
    }
    return nil
  }
}

extension Resources {
  /// Whether a range or a set here has something in common with one of the same name there: a port is one port,
  /// whoever it is reserved for.
  func overlaps(_ other: Resources) -> Bool {
    contains { mine in
      mine.value.kind != .scalar
        && other.contains { theirs in
          guard theirs.name == mine.name, theirs.value.kind == mine.value.kind else { return false }
          var rest = mine.value
          rest.subtract(theirs.value)
          return rest != mine.value
        }
    }
  }
}
