// What an agent tells the executor it starts, by environment variables.

public import MesetaModel
public import MesetaRuntime

/// The variables that an agent sets for an executor, named as Mesos names them.
public struct ExecutorEnvironment: Hashable, Sendable {
  /// Says which variable is missing or wrong.
  public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name of the variable.
    public let variable: String
    /// What it is set to; nil: it is not set.
    public let value: String?
    /// What it should be, in words.
    public let expected: String

    /// The variable, its value and what is expected.
    public var description: String {
      guard let value else {
        return
          "\(variable) is not set (expected \(expected)): an executor is started by an agent, which sets it"
      }
      return "\(variable): \"\(value)\" is not \(expected)"
    }
  }

  /// The framework whose tasks the executor runs.
  public var frameworkID: FrameworkID
  /// The executor's name on the agent.
  public var executorID: ExecutorID
  /// Where the agent is, `HOST:PORT`.
  public var agentEndpoint: String
  /// Nil if the agent does not say.
  public var agentID: AgentID?
  /// The directory to work in.
  public var sandbox: String
  /// Whether the executor is to outlive its agent.
  public var checkpoint: Bool
  /// How long the executor waits for an agent that is gone, before it ends itself.
  public var recoveryTimeout: Span
  /// The longest wait between two attempts to reach the agent.
  public var subscriptionBackoffMax: Span
  /// How long the executor may take to shut down before the agent kills it.
  public var shutdownGracePeriod: Span
  /// What the executor proves itself with, if the agent asks for that.
  public var authenticationToken: String?

  /// Reads the variables of a process.
  public init(from variables: [String: String]) throws(Problem) {
    func required(_ name: String, _ expected: String) throws(Problem) -> String {
      guard let value = variables[name] else {
        throw Problem(variable: name, value: nil, expected: expected)
      }
      guard !value.isEmpty else { throw Problem(variable: name, value: value, expected: expected) }
      return value
    }
    func duration(_ name: String, default fallback: Span) throws(Problem) -> Span {
      guard let value = variables[name] else { return fallback }
      guard let span = Span(parsing: value) else {
        throw Problem(variable: name, value: value, expected: "a duration such as 15mins or 250ms")
      }
      return span
    }
    self.frameworkID = FrameworkID(try required("MESOS_FRAMEWORK_ID", "the framework's id"))
    self.executorID = ExecutorID(try required("MESOS_EXECUTOR_ID", "the executor's id"))
    self.agentEndpoint = try required("MESOS_AGENT_ENDPOINT", "HOST:PORT of the agent")
    self.agentID = variables["MESOS_SLAVE_ID"].map { AgentID($0) }
    self.sandbox = variables["MESOS_SANDBOX"] ?? variables["MESOS_DIRECTORY"] ?? "."
    self.checkpoint = ["1", "true"].contains(variables["MESOS_CHECKPOINT"] ?? "0")
    self.recoveryTimeout = try duration("MESOS_RECOVERY_TIMEOUT", default: .minutes(15))
    self.subscriptionBackoffMax = try duration("MESOS_SUBSCRIPTION_BACKOFF_MAX", default: .seconds(2))
    self.shutdownGracePeriod = try duration("MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD", default: .seconds(5))
    self.authenticationToken = variables["MESOS_EXECUTOR_AUTHENTICATION_TOKEN"]
  }
}

extension Span {
  /// Reads a duration as Mesos writes it: a number from 0 and one of `ns us ms secs mins hrs days weeks`.
  public init?(parsing text: String) {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let units: [Substring: Double] = [
      "ns": 1e-9, "us": 1e-6, "ms": 1e-3, "secs": 1, "mins": 60, "hrs": 3600, "days": 86400, "weeks": 604800,
    ]
    guard let number = Double(digits), let unit = units[text[digits.endIndex...]] else { return nil }
    self.init(clampingSeconds: number * unit)
  }
}
