// Counting what happens.

import MesetaModel
import MesetaProtocol
import MesetaRuntime

extension Master {
  mutating func count(_ counter: MasterCounter, _ number: Int = 1) { counters[counter] &+= UInt64(number) }

  mutating func count(_ counter: FrameworkCounter, of framework: FrameworkKey, _ number: Int = 1) {
    frameworkCounters[Int(framework.index)][counter] &+= UInt64(number)
  }

  /// A call that is carried out.
  mutating func count(_ call: SchedulerCall.Kind, of framework: FrameworkKey) {
    let (own, masters) = call.counters
    if let own { frameworkCounters[Int(framework.index)].count(own, as: .calls) }
    if let masters { count(masters) }
  }

  /// An event that is sent.
  mutating func count(_ event: borrowing SchedulerEvent, of framework: FrameworkKey) {
    guard let counter = FrameworkCounter(event) else { return }
    frameworkCounters[Int(framework.index)].count(counter, as: .events)
  }

  mutating func count(_ operation: Operation, of framework: FrameworkKey) {
    guard let counter = FrameworkCounter(operation) else { return }
    frameworkCounters[Int(framework.index)].count(counter, as: .operations)
  }

  /// That a task has ended, or cannot be reached.
  mutating func countEnd(
    in state: TaskState, _ source: TaskStatus.Source?, _ reason: TaskStatus.Reason?,
    of framework: FrameworkKey
  ) {
    if let counter = MasterCounter(endIn: state) { count(counter) }
    if let counter = FrameworkCounter(endIn: state), frameworks.contains(framework) {
      count(counter, of: framework)
    }
    guard let source, let reason else { return }
    let known = taskEnds.firstIndex { $0.state == state && $0.source == source && $0.reason == reason }
    if let known {
      taskEnds[known].count &+= 1
    } else {
      taskEnds.append(TaskEndCount(state: state, source: source, reason: reason, count: 1))
    }
  }

  /// A framework's counters begin at nothing.
  mutating func resetCounters(of framework: FrameworkKey) {
    while frameworkCounters.count <= Int(framework.index) { frameworkCounters.append(Counters()) }
    frameworkCounters[Int(framework.index)] = Counters()
  }
}
