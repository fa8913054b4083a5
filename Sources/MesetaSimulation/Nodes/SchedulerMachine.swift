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

  init(_ driver: SchedulerDriver<S>) { self.driver = driver }

  var nextWake: Instant { commands.isEmpty ? driver.nextWake : .zero }

  /// Tells the scheduler something in the next batch.
  mutating func tell(_ command: S.Command) { commands.append(command) }

  mutating func handle(_ input: NodeInput<Local>, at time: Time, _ effects: inout Outbox) {
    var framework = FrameworkOutbox<S.Report>()
    swap(&framework.outbox, &effects)
    defer { swap(&framework.outbox, &effects) }
    for command in commands { driver.handle(.local(.command(command)), at: time, &framework) }
    commands = []
    let converted: SchedulerDriver<S>.Input? = input.map { local in
      if case .stop(let teardown) = local { .stop(teardown: teardown) } else { nil }
    }
    if let converted { driver.handle(converted, at: time, &framework) }
    if !framework.reports.isEmpty { reports += framework.reports }
  }
}
