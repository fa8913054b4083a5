// Where a scheduler sits in its driver.

import MesetaModel

/// A scheduler as the core of its driver sees it.
package protocol EventHandler: AnyObject {
  func handle(_ event: SchedulerInput<Never>, _ calls: inout SchedulerCalls)
}

/// What a scheduler sits on, whichever it is: to ask whether a seat is one driver's alone takes ten times as long where its type
/// has to be looked up.
// tidy: it holds nothing itself, and what does says why it may
package class Seat: @unchecked Sendable {
  fileprivate init() {}
}

/// Holds a scheduler at the end of a pointer: a driver that held it itself would be of another size for each, and its code
/// would have to look up at run time where everything in it is.
///
/// The scheduler is the driver's value all the same: a driver whose seat is shared with a copy of it makes a new one before it
/// changes the scheduler.
// tidy: it is changed only while one driver refers to it, as an array's buffer is
package final class SchedulerSeat<S: Scheduler>: Seat, EventHandler, @unchecked Sendable {
  /// Whether the scheduler may have anything to tell the application. Asking each time costs more than an offer.
  package let reports = S.Report.self != Never.self
  /// Hands over an event as it is; nil for a scheduler that takes commands, for which the event is made anew.
  private let handOver = (SchedulerSeat<S>.self as? any SeatWithoutCommands.Type)?.handOver
  // Only the driver gets here, which is a value and exclusive itself.
  @exclusivity(unchecked) var scheduler: S

  init(_ scheduler: S) { self.scheduler = scheduler }

  package func handle(_ event: SchedulerInput<Never>, _ calls: inout SchedulerCalls) {
    if let handOver { handOver(self, event, &calls) } else { handleAnew(event, &calls) }
  }

  @inline(never)
  private func handleAnew(_ event: SchedulerInput<Never>, _ calls: inout SchedulerCalls) {
    scheduler.handle(SchedulerInput(event), &calls)
  }
}

/// A seat whose scheduler takes no commands. What is compiled for that case knows the type of what it hands over; elsewhere it
/// would be looked up, for each event anew.
private protocol SeatWithoutCommands: AnyObject {
  static var handOver: @Sendable (AnyObject, SchedulerInput<Never>, inout SchedulerCalls) -> Void { get }
}

extension SchedulerSeat: SeatWithoutCommands where S.Command == Never {
  fileprivate static var handOver: @Sendable (AnyObject, SchedulerInput<Never>, inout SchedulerCalls) -> Void
  {
    { seat, event, calls in unsafeDowncast(seat, to: SchedulerSeat<S>.self).scheduler.handle(event, &calls) }
  }
}

extension SchedulerInput {
  /// An event of the driver, which knows no commands.
  init(_ event: SchedulerInput<Never>) {
    switch event {
    case .restored(let state): self = .restored(state)
    case .subscribed(let id, let subscription): self = .subscribed(id, subscription)
    case .disconnected(let reason): self = .disconnected(reason: reason)
    case .offers(let offers): self = .offers(offers)
    case .rescinded(let id): self = .rescinded(id)
    case .inverseOffers(let offers): self = .inverseOffers(offers)
    case .inverseOfferRescinded(let id): self = .inverseOfferRescinded(id)
    case .update(let update): self = .update(update)
    case .operationUpdate(let status): self = .operationUpdate(status)
    case .message(let agentID, let executorID, let data):
      self = .message(agentID: agentID, executorID: executorID, data: data)
    case .agentLost(let id): self = .agentLost(id)
    case .executorLost(let agentID, let executorID, let status):
      self = .executorLost(agentID, executorID, status: status)
    case .accepted(let request): self = .accepted(request: request)
    case .rejected(let error, let request): self = .rejected(error, request: request)
    case .demandMet(let id, let offers): self = .demandMet(id, offers)
    case .demandFailed(let failure): self = .demandFailed(failure)
    case .failed(let reason): self = .failed(reason)
    case .wake: self = .wake
    }
  }
}
