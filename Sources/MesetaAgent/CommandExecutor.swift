// What operators are told of the executor of a plain command.

import MesetaModel

extension ExecutorInfo {
  /// The executor that Mesos has for a plain command. It has neither a program nor resources of its own here, as the command runs by
  /// itself.
  init(ofCommand task: TaskInfo, of frameworkID: FrameworkID) {
    let command = task.command ?? CommandInfo()
    self.init(
      id: ExecutorID(task.id.value),
      command: CommandInfo(
        isShell: false, environment: command.environment, uris: command.uris, user: command.user),
      frameworkID: frameworkID,
      name: "Command Executor (Task: \(task.id.value)) (Command: \(command.summary))", source: task.id.value,
      shutdownGracePeriod: task.killGracePeriod, labels: task.labels, container: task.container,
      discovery: task.discovery)
  }
}

extension CommandInfo {
  /// The beginning of the command.
  fileprivate var summary: String {
    guard let value else { return isShell ? "NO COMMAND" : "NO EXECUTABLE" }
    let whole = isShell ? value : ([value] + arguments).joined(separator: ", ")
    let text = whole.count > 15 ? "\(whole.prefix(12))..." : whole
    return isShell ? "sh -c '\(text)'" : "[\(text)]"
  }
}
