// What a scheduler driver is told by its host, and asks of it.

public import MesetaRuntime

/// What a ``SchedulerDriver`` asks of its host.
public protocol FrameworkEffects<Report>: ClientEffects {
  associatedtype Report: Sendable

  /// Replaces the record that the next incarnation is started with.
  mutating func persist(_ record: FrameworkRecord)
  /// Tells the application what the scheduler has to say.
  mutating func report(_ report: Report)
  /// The driver has stopped for good and asks for nothing any more.
  mutating func finished(_ reason: FinishReason)
}

/// What a ``SchedulerDriver`` is told besides what every machine is.
public enum SchedulerLocal<Command: Hashable & Sendable>: Hashable, Sendable {
  /// The application tells the scheduler something.
  case command(Command)
  /// The application ends the scheduler: with `teardown` its framework and all tasks, else this incarnation alone.
  case stop(teardown: Bool)
}
