// What containers find in their environment.

package import MesetaModel
import MesetaProtocol
package import MesetaRuntime

/// Variables in the order they were first set; a name that is set again keeps its place and gets the new value.
package struct ContainerEnvironment: Codable, Sendable {
  package private(set) var entries: [EnvironmentEntry] = []
  /// Where each name is, once there are many.
  private var index: [String: Int] = [:]
  private static let searchable = 24

  package init(capacity: Int = 12) { entries.reserveCapacity(capacity) }

  /// Adds a variable whose name is not there yet.
  package mutating func append(_ name: String, _ value: String) {
    if !index.isEmpty { index[name] = entries.count }
    entries.append(EnvironmentEntry(name: name, value: value))
  }

  package mutating func set(_ name: String, _ value: String) {
    if entries.count > Self.searchable, index.isEmpty {
      for (place, entry) in entries.enumerated() { index[entry.name] = place }
    }
    let place = index.isEmpty ? entries.firstIndex { $0.name == name } : index[name]
    if let place { entries[place].value = value } else { append(name, value) }
  }

  /// Sets the variables of a command. Returns what is wrong with one of them, or nil.
  package mutating func set(_ variables: [EnvironmentVariable]) -> String? {
    for variable in variables {
      let name = variable.name
      if name.isEmpty || name.utf8.contains(UInt8(ascii: "=")) || name.containsNUL {
        return "the environment variable \(name.debugDescription) needs a name without '=' and NUL"
      }
      switch variable.value {
      case .text(let text):
        if text.containsNUL { return "the value of the environment variable \(name) contains NUL" }
        set(name, text)
      case .secret:
        return "the environment variable \(name) is a secret, which this agent cannot resolve"
      }
    }
    return nil
  }
}

/// What the environment of one container tells of it.
struct ContainerPlace {
  var agentID: String
  var frameworkID: String
  var executorID: ExecutorID
  var containerID: String
  var sandbox: String
}

extension ContainerEnvironment {
  /// Where programs are found.
  static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  /// Adds to an empty one what every container finds, and that of a plain command besides the name of its task.
  mutating func addPlace(_ place: ContainerPlace, command task: TaskID?, _ variables: [EnvironmentEntry]) {
    append("PATH", Self.path)
    append("MESOS_SANDBOX", place.sandbox)
    append("MESOS_DIRECTORY", place.sandbox)
    append("MESOS_AGENT_ID", place.agentID)
    append("MESOS_FRAMEWORK_ID", place.frameworkID)
    append("MESOS_EXECUTOR_ID", place.executorID.value)
    append("MESOS_CONTAINER_ID", place.containerID)
    for entry in variables { set(entry.name, entry.value) }
    guard let task else { return }
    // Nothing has to be looked for among the agent's own.
    if variables.isEmpty { append("MESOS_TASK_ID", task.value) } else { set("MESOS_TASK_ID", task.value) }
  }

  /// What an executor needs besides in order to connect to its agent.
  mutating func addConnection(
    _ place: ContainerPlace, _ executor: ExecutorInfo, isCheckpointing: Bool,
    _ configuration: AgentConfiguration
  ) {
    let grace = executor.shutdownGracePeriod.map { Span(nanoseconds: max($0, 0)) }
    set("MESOS_AGENT_ENDPOINT", configuration.endpoint)
    // The names that libraries written for Mesos look for.
    set("MESOS_SLAVE_ID", place.agentID)
    set("MESOS_SLAVE_PID", "slave(1)@" + configuration.endpoint)
    // The agent does for commands what an executor would.
    set("MESOS_HTTP_COMMAND_EXECUTOR", "0")
    // The library in executors written for Mesos would otherwise take the port of whatever started the agent.
    set("LIBPROCESS_PORT", "0")
    set("MESOS_CHECKPOINT", isCheckpointing ? "1" : "0")
    set(
      "MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD",
      (grace ?? configuration.executorShutdownGracePeriod).mesosDuration)
    set("MESOS_SUBSCRIPTION_BACKOFF_MAX", configuration.executorReregistrationTimeout.mesosDuration)
    if isCheckpointing { set("MESOS_RECOVERY_TIMEOUT", configuration.recoveryTimeout.mesosDuration) }
    if let address = configuration.nativeAddress { set("MESETA_AGENT", address) }
  }
}

extension String {
  /// Whether it cannot be passed to a program whole.
  var containsNUL: Bool { utf8.withContiguousStorageIfAvailable { $0.contains(0) } ?? utf8.contains(0) }
}

extension Span {
  /// As Mesos writes durations, `5secs` or `15mins`: in the largest unit that gives a whole number.
  package var mesosDuration: String {
    let units: [(size: Int64, name: String)] = [
      (604_800_000_000_000, "weeks"), (86_400_000_000_000, "days"), (3_600_000_000_000, "hrs"),
      (60_000_000_000, "mins"), (1_000_000_000, "secs"), (1_000_000, "ms"), (1000, "us"),
    ]
    for unit in units where nanoseconds != 0 && nanoseconds % unit.size == 0 {
      return "\(nanoseconds / unit.size)\(unit.name)"
    }
    return nanoseconds == 0 ? "0secs" : "\(nanoseconds)ns"
  }
}
