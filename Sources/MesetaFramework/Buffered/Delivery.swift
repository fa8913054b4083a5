// Handing events to one consumer, one at a time.

/// Who waits for an event, and which one is in the consumer's hands.
///
/// A consumer asks with a ticket, and names the ticket of the last event that it has received. An event counts as handled
/// only then: one that did not reach the consumer, because it stopped waiting just before, is delivered again.
package struct Delivery<Event: Sendable>: Sendable {
  /// The ticket that waits for an event.
  private var waiting: Ticket?
  private var delivered: (ticket: Ticket, event: Event)?

  package init() {}

  /// Takes a request. Returns the ticket of an earlier one that is displaced, for there is one consumer; and the event
  /// that has been handled now.
  package mutating func ask(_ ticket: Ticket, received: Ticket?) -> (displaced: Ticket?, handled: Event?) {
    let displaced = waiting
    waiting = ticket
    guard let last = delivered, last.ticket == received else { return (displaced, nil) }
    delivered = nil
    return (displaced, last.event)
  }

  /// The consumer does not wait any more.
  package mutating func withdraw(_ ticket: Ticket) { if waiting == ticket { waiting = nil } }

  /// What to hand over now, if the consumer waits: the event that did not reach it, or the next.
  package mutating func deliver(_ next: () -> Event?) -> (ticket: Ticket, event: Event)? {
    guard let ticket = waiting, let event = delivered?.event ?? next() else { return nil }
    waiting = nil
    delivered = (ticket, event)
    return delivered
  }

  /// Changes the event that has been delivered and may have to be delivered again; nil: not any more.
  package mutating func revise(_ change: (Event) -> Event?) {
    guard let last = delivered else { return }
    delivered = change(last.event).map { (last.ticket, $0) }
  }
}
