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
      CallError(.badRequest, "Failed to validate Executor::Call: \(what) (status of task \(status.taskID))")
    }
    let caller = "executor \(executorID) of framework \(frameworkID)"
    guard let uuid = status.uuid else { return invalid("Expecting 'uuid' to be present") }
    if uuid.low >> 62 != 2 { return invalid("Not a valid UUID: \(uuid)") }
    if let other = status.executorID, other != executorID {
      return invalid("ExecutorID in Call: \(executorID) does not match ExecutorID in TaskStatus: \(other)")
    }
    if status.source != .executor {
      let source = status.source.map { ", not \($0.name)" } ?? ""
      return invalid(
        "Received Call from \(caller) with invalid source, expecting 'SOURCE_EXECUTOR'\(source)")
    }
    if status.state == .staging {
      return invalid("Received TASK_STAGING from \(caller) which is not allowed")
    }
    return nil
  }
}
