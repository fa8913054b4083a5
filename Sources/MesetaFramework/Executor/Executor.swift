// What the author of an executor writes, and what happens to it.

public import MesetaModel
public import MesetaRuntime

/// An executor's own part: how tasks are run.
///
/// Like a ``Scheduler`` a plain state machine. The program around it starts and watches what the tasks are, and tells
/// it by commands; the driver keeps the connection to the agent and delivers every report until it is acknowledged.
public protocol Executor: Sendable {
  /// What the program around the executor may tell it: a child has exited, say.
  associatedtype Command: Hashable & Sendable = Never
  /// What the executor asks of the program around it: start a child, say.
  associatedtype Report: Sendable = Never

  mutating func handle(_ input: ExecutorInput<Command>, _ agent: inout ExecutorCalls)

  /// What there is to tell the program around it: an executor appends, the driver takes everything out after each input.
  var reports: [Report] { get set }
}

extension Executor where Report == Never {
  /// Nothing, for an executor that tells nothing.
  public var reports: [Report] {
    get { [] }
    set {}
  }
}

/// What happens to an executor.
public enum ExecutorInput<Command: Hashable & Sendable>: Hashable, Sendable {
  /// The agent knows the executor now; comes again after a reconnection.
  case subscribed(ExecutorInfo, FrameworkInfo, AgentInfo)
  /// The agent cannot be reached. The tasks go on; the driver reconnects by itself.
  case disconnected(reason: String)
  case launch(TaskInfo)
  /// Tasks that are to start together or not at all.
  case launchGroup([TaskInfo])
  /// End the task; `grace` replaces its own time between SIGTERM and SIGKILL.
  case kill(TaskID, grace: Span?)
  /// From the scheduler.
  case message([UInt8])
  /// End all tasks, report them killed, and call ``ExecutorCalls/stop()``. Comes too when the agent was away for too long.
  case shutdown
  case failed(String)
  case command(Command)
  /// The time that was asked for by ``ExecutorCalls/wake(at:)`` has come.
  case wake
}

/// Why an executor driver has stopped.
public enum ExecutorFinishReason: Hashable, Sendable {
  /// The executor has stopped, and all its reports are delivered or will not be any more.
  case stopped
  /// The agent will have nothing to do with the executor.
  case failed(String)
}

/// What an ``ExecutorDriver`` asks of its host.
public protocol ExecutorEffects<Report>: ClientEffects {
  associatedtype Report: Sendable

  mutating func report(_ report: Report)
  /// The driver has stopped for good: the process is to end.
  mutating func finished(_ reason: ExecutorFinishReason)
}

/// The agent as an executor sees it while it handles an input.
public struct ExecutorCalls {
  enum Entry {
    case status(TaskStatus)
    case message([UInt8])
    case wake(Instant)
    case stop
    case log(LogLevel, String)
  }

  /// When the input came.
  public let time: Time
  /// The only randomness there is.
  public var random: SeededGenerator
  /// Whether the agent can be reached. What is said without it is delivered later, but for messages.
  public let isSubscribed: Bool
  var entries: [Entry] = []

  init(time: Time, random: SeededGenerator, isSubscribed: Bool) {
    self.time = time
    self.random = random
    self.isSubscribed = isSubscribed
  }

  /// Reports a task's state. The driver sets the uuid, the source and the time, and delivers the report for certain.
  public mutating func update(
    _ taskID: TaskID, _ state: TaskState, reason: TaskStatus.Reason? = nil, message: String? = nil,
    data: [UInt8]? = nil, isHealthy: Bool? = nil
  ) {
    update(
      TaskStatus(
        taskID: taskID, state: state, reason: reason, message: message, isHealthy: isHealthy, data: data))
  }

  /// Reports a task's state with all fields; uuid, source, executor and time are set where they are missing.
  public mutating func update(_ status: TaskStatus) { entries.append(.status(status)) }

  /// Sends bytes to the scheduler. They are lost if it is not there.
  public mutating func message(_ data: [UInt8]) { entries.append(.message(data)) }

  /// Asks for a ``ExecutorInput/wake`` at that time. The earliest time asked for counts; the wake-up ends them all.
  public mutating func wake(at instant: Instant) { entries.append(.wake(instant)) }

  /// Asks for a ``ExecutorInput/wake`` after so long.
  public mutating func wake(after span: Span) { wake(at: time.monotonic + span) }

  /// Ends the executor, once its reports are acknowledged.
  public mutating func stop() { entries.append(.stop) }

  /// Says something to the operator.
  public mutating func log(_ level: LogLevel, _ message: String) { entries.append(.log(level, message)) }
}
