// A framework in a simulation: the driver with its scheduler.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime

struct SchedulerMachine<S: Scheduler>: Machine {
  private(set) var driver: SchedulerDriver<S>
  private(set) var reports: [S.Report] = []
  /// What the application has told, in order; each is followed by a wake-up that makes the driver take it.
  private var commands: [S.Command] = []
  /// Whether there are any. To ask an array of another module's type takes ten times as long.
  private var hasCommands = false

  private var sink = FrameworkOutbox<S.Report>()
  /// One at a time; kept for its memory.
  private var messages: [Message] = []

  init(_ driver: SchedulerDriver<S>) { self.driver = driver }

  var marks: NodeMarks { NodeMarks(driver.marks) }
  var nextWake: Instant { mutating get { hasCommands ? .zero : driver.core.lookUpNextWake() } }

  /// Tells the scheduler something in the next batch.
  mutating func tell(_ command: S.Command) {
    commands.append(command)
    hasCommands = true
  }

  mutating func handle(_ input: consuming NodeInput<Local>, at time: Time, _ effects: inout Outbox) {
    swap(&sink.outbox, &effects)
    if hasCommands { takeCommands(at: time) }
    if let input = convert(input) { driver.handle(input, at: time, &sink) }
    swap(&sink.outbox, &effects)
    collectReports()
  }

  mutating func handle(
    batch: inout [NodeInput<Local>], at time: Time, _ effects: inout Outbox
  ) -> Instant {
    for index in batch.indices {
      var input = NodeInput<Local>.wake
      swap(&input, &batch[index])
      take(input, at: time, &effects)
    }
    return nextWake
  }

  mutating func handle(
    alone input: consuming NodeInput<Local>, at time: Time, _ effects: inout Outbox
  ) -> Instant {
    take(input, at: time, &effects)
    return nextWake
  }

  private mutating func take(_ input: consuming NodeInput<Local>, at time: Time, _ effects: inout Outbox) {
    if hasCommands { return handle(input, at: time, &effects) }
    switch consume input {
    // All three are taken out: the message would be copied otherwise.
    case .received(let from, let request, let message):
      _ = request
      receive(message, from: from, at: time, &effects)
    case let other: handle(other, at: time, &effects)
    }
  }

  private mutating func receive(
    _ message: consuming Message, from session: SessionID, at time: Time, _ effects: inout Outbox
  ) {
    guard driver.core.isQuiet, !driver.seat.reports, driver.ownsSeat else {
      return receiveLoudly(message, from: session, at: time, &effects)
    }
    if driver.core.received(message, from: session, quiet: driver.seat, at: time, &effects) {
      handle(.wake, at: time, &effects)
    }
  }

  /// Takes a message without an input of the driver's own type around it, which costs more to move.
  private mutating func receiveLoudly(
    _ message: consuming Message, from session: SessionID, at time: Time, _ effects: inout Outbox
  ) {
    swap(&sink.outbox, &effects)
    messages.append(message)
    driver.received(&messages, from: session, at: time, &sink)
    messages.clear()
    swap(&sink.outbox, &effects)
    collectReports()
  }

  private mutating func convert(_ input: consuming NodeInput<Local>) -> SchedulerDriver<S>.Input? {
    input.map { local in
      if case .stop(let teardown) = local { .stop(teardown: teardown) } else { nil }
    }
  }

  private mutating func takeCommands(at time: Time) {
    for command in commands { driver.handle(.local(.command(command)), at: time, &sink) }
    commands = []
    hasCommands = false
  }

  private mutating func collectReports() {
    if !sink.hasReports { return }
    reports += sink.reports
    sink.reports = []
    sink.hasReports = false
  }
}
