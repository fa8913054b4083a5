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

  private var sink = FrameworkOutbox<S.Report>()
  /// The messages of a session that wait to be handed over, which costs less for several of them than for each.
  private var messages: [Message] = []
  private var session = SessionID(0)

  init(_ driver: SchedulerDriver<S>) { self.driver = driver }

  var marks: NodeMarks { NodeMarks(driver.marks) }
  var nextWake: Instant { commands.isEmpty ? driver.nextWake : .zero }

  /// Tells the scheduler something in the next batch.
  mutating func tell(_ command: S.Command) { commands.append(command) }

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
    if !commands.isEmpty { takeCommands(at: time) }
    switch consume input {
    case .received(let from, _, let message):
      if from != session { takeMessages(at: time) }
      session = from
      messages.append(message)
    case let other:
      takeMessages(at: time)
      let converted: SchedulerDriver<S>.Input? = other.map { local in
        if case .stop(let teardown) = local { .stop(teardown: teardown) } else { nil }
      }
      if let converted { driver.handle(converted, at: time, &sink) }
    }
  }

  /// Hands over the messages that came one after the other on a session.
  private mutating func takeMessages(at time: Time) {
    if messages.isEmpty { return }
    driver.received(&messages, from: session, at: time, &sink)
    messages.removeAll(keepingCapacity: true)
  }

  private mutating func takeCommands(at time: Time) {
    for command in commands { driver.handle(.local(.command(command)), at: time, &sink) }
    commands = []
  }

  private mutating func collectReports() {
    if sink.reports.isEmpty { return }
    reports += sink.reports
    sink.reports = []
  }
}
