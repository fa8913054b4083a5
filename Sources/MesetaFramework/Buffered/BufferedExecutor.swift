// The executor behind the async face of an executor.

import DequeModule
package import MesetaModel
import MesetaRuntime

/// Keeps what happens until a consumer asks for it, and says to the agent what the consumer asks for. A plain
/// ``Executor``: the ordinary driver runs it.
///
/// What waits is bounded: launches and kills by the tasks that the agent gives the executor, news of the connection to the
/// latest, messages by the capacity.
package struct BufferedExecutor: Executor {
  package typealias Command = ConsumerCommand<Call>

  /// What the consumer may ask for.
  package enum Call: Hashable, Sendable {
    case update(TaskStatus)
    case message([UInt8])
    case stop
  }

  /// What the consumer is answered.
  package enum Report: Hashable, Sendable {
    /// Nil: another consumer waits in its place.
    case event(ExecutorInput<Never>?, Ticket)
    case done(Ticket)
  }

  package var reports: [Report] = []
  private let capacity: Int
  private var waiting: Deque<ExecutorInput<Never>> = []
  private var delivery = Delivery<ExecutorInput<Never>>()

  /// - Parameter capacity: How many events may wait before messages are lost.
  package init(capacity: Int) { self.capacity = max(capacity, 1) }

  package mutating func handle(_ input: ExecutorInput<Command>, _ agent: inout ExecutorCalls) {
    switch input {
    case .command(.next(let ticket, let received)):
      if let displaced = delivery.ask(ticket, received: received).displaced {
        reports.append(.event(nil, displaced))
      }
    case .command(.withdraw(let ticket)): delivery.withdraw(ticket)
    case .command(.perform(let call, let ticket)):
      switch call {
      case .update(let status): agent.update(status)
      case .message(let data): agent.message(data)
      case .stop: agent.stop()
      }
      reports.append(.done(ticket))
    case .wake: break
    default: if let event = input.event { push(event, &agent) }
    }
    if let (ticket, event) = delivery.deliver({ waiting.popFirst() }) {
      reports.append(.event(event, ticket))
    }
  }

  private mutating func push(_ event: ExecutorInput<Never>, _ agent: inout ExecutorCalls) {
    switch event {
    case .message where waiting.count >= capacity:
      return agent.log(.warning, "The consumer of events is too slow: a message of the scheduler is lost")
    case .subscribed, .disconnected, .kill, .shutdown:
      waiting.removeAll { Self.isReplaced($0, by: event) }
    default: break
    }
    waiting.append(event)
  }

  /// Whether the consumer misses nothing if it hears of `new` alone.
  private static func isReplaced(_ old: ExecutorInput<Never>, by new: ExecutorInput<Never>) -> Bool {
    switch (old, new) {
    case (.subscribed, .subscribed), (.disconnected, .disconnected), (.shutdown, .shutdown): true
    case (.kill(let old, _), .kill(let new, _)): old == new
    default: false
    }
  }
}
