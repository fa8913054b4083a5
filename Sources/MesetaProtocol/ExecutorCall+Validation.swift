// What can be said of an executor's call without knowing the agent.

public import MesetaModel

extension ExecutorCall {
  /// What is wrong with the call; nil if nothing is.
  public var problem: CallError? {
    switch kind {
    case .update(let status): problem(with: status)
    case .subscribe(_, let updates): updates.lazy.compactMap { problem(with: $0) }.first
    case .unknown(let type):
      CallError(.notImplemented, "executor calls of type \(type) are not known to this version")
    case .message, .heartbeat: nil
    }
  }

  /// What is wrong with a status that the executor reports; nil if nothing is.
  public func problem(with status: TaskStatus) -> CallError? {
    func invalid(_ what: String) -> CallError {
      CallError(
        .badRequest,
        "Failed to validate Executor::Call: executor \(executorID) of framework \(frameworkID), "
          + "status of task \(status.taskID): \(what)")
    }
    guard let uuid = status.uuid else { return invalid("expecting 'uuid' to be present") }
    if uuid.low >> 62 != 2 { return invalid("\(uuid) is not a valid UUID (RFC 9562)") }
    if let source = status.source, source != .executor {
      return invalid("the source is \(source.name), expecting SOURCE_EXECUTOR")
    }
    if status.source == nil { return invalid("expecting 'source' to be SOURCE_EXECUTOR") }
    if let other = status.executorID, other != executorID {
      return invalid("it names the executor \(other)")
    }
    if status.state == .staging { return invalid("an executor may not report TASK_STAGING") }
    return nil
  }
}
