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
  /// The messages of a session that wait to be handed over, which costs less for several of them than for each.
  private var messages: [Message] = []
  private var session = SessionID(0)

  init(_ driver: SchedulerDriver<S>) { self.driver = driver }

  var marks: NodeMarks { NodeMarks(driver.marks) }
  var nextWake: Instant { hasCommands ? .zero : driver.nextWake }

  /// Tells the scheduler something in the next batch.
  mutating func tell(_ command: S.Command) {
    commands.append(command)
    hasCommands = true
  }

  mutating func handle(_ input: consuming NodeInput<Local>, at time: Time, _ effects: inout Outbox) {
    swap(&sink.outbox, &effects)
    take(input, at: time)
    swap(&sink.outbox, &effects)
    collectReports()
  }

  mutating func handle(
    batch: inout [NodeInput<Local>], at time: Time, _ effects: inout Outbox
  ) -> Instant {
    swap(&sink.outbox, &effects)
    for index in batch.indices {
      var input = NodeInput<Local>.wake
      swap(&input, &batch[index])
      take(input, at: time)
    }
    takeMessages(at: time)
    swap(&sink.outbox, &effects)
    collectReports()
    return nextWake
  }

  private mutating func take(_ input: consuming NodeInput<Local>, at time: Time) {
    if hasCommands { takeCommands(at: time) }
    switch consume input {
    case .received(let from, _, let message):
      if from != session { takeMessages(at: time) }
      session = from
      messages.append(message)
    case let other: takeOther(other, at: time)
    }
  }

  /// Takes what is no message. Apart, because room for an input of the driver's own type is not to be made for each message.
  @inline(never)
  private mutating func takeOther(_ input: consuming NodeInput<Local>, at time: Time) {
    takeMessages(at: time)
    let converted: SchedulerDriver<S>.Input? = input.map { local in
      if case .stop(let teardown) = local { .stop(teardown: teardown) } else { nil }
    }
    if let converted { driver.handle(converted, at: time, &sink) }
  }

  /// Hands over the messages that came one after the other on a session.
  private mutating func takeMessages(at time: Time) {
    if messages.isEmpty { return }
    driver.received(&messages, from: session, at: time, &sink)
    messages.clear()
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
