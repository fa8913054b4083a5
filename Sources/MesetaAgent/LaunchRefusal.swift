// Why an agent does not run a task.

import MesetaModel

/// A task that is not run, and what its framework is told.
struct LaunchRefusal: Error {
  /// Nil for what Mesos calls dropped, or lost where the framework does not tell these apart.
  var state: TaskState?
  var reason: TaskStatus.Reason
  var message: String

  /// The task can run nowhere.
  static func invalid(_ message: String) -> LaunchRefusal {
    LaunchRefusal(state: .error, reason: .taskInvalid, message: message)
  }

  /// The task asks for what this agent cannot do.
  static func unsupported(_ message: String) -> LaunchRefusal {
    LaunchRefusal(state: .failed, reason: .containerLaunchFailed, message: message)
  }

  /// The task is well but came at the wrong time.
  static func dropped(_ reason: TaskStatus.Reason, _ message: String) -> LaunchRefusal {
    LaunchRefusal(state: nil, reason: reason, message: message)
  }
}
