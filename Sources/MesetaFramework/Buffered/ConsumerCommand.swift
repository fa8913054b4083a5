// What is said to a machine that keeps its events for a consumer.

/// Names a question of a consumer; the answer names it too.
package typealias Ticket = UInt64

/// What the consumer of a buffered machine's events says to it.
package enum ConsumerCommand<Call: Hashable & Sendable>: Hashable, Sendable {
  /// It waits for an event; `received` is the ticket of the last one that has reached it.
  case next(Ticket, received: Ticket?)
  /// It does not wait any more.
  case withdraw(Ticket)
  case perform(Call, Ticket)
}
