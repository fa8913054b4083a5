// Where asynchronous code waits for what a machine answers.

package import MesetaFramework
import Synchronization

/// Pairs questions to a machine with its answers by tickets, and gives up waiting when the task is cancelled or the machine
/// has ended.
package final class ReplyDesk<Event: Sendable, Answer: Sendable>: Sendable {
  private struct State: Sendable {
    var hasEnded = false
    var lastTicket: Ticket = 0
    /// The ticket of the last event that somebody was there to take.
    var received: Ticket?
    var answers: [Ticket: CheckedContinuation<Answer, any Error>] = [:]
    var events: [Ticket: CheckedContinuation<Event?, Never>] = [:]
  }

  private let state = Mutex(State())

  package init() {}

  // MARK: The asking side

  /// Waits for an event; nil if there will be none any more, or the task is cancelled. An event that comes too late for a
  /// cancelled task is not counted as received, so that the next question gets it.
  ///
  /// - Parameter tell: Takes commands to the machine.
  package func event<Call>(from tell: @Sendable (ConsumerCommand<Call>) -> Void) async -> Event? {
    let ticket = nextTicket()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let received = state.withLock { state -> Ticket?? in
          if state.hasEnded { return nil }
          state.events[ticket] = continuation
          return .some(state.received)
        }
        guard let received else { return continuation.resume(returning: nil) }
        tell(.next(ticket, received: received))
        // Cancelled before it was entered above: the handler has found nothing to give up.
        if Task.isCancelled { giveUp(event: ticket, tell) }
      }
    } onCancel: {
      giveUp(event: ticket, tell)
    }
  }

  private func giveUp<Call>(event ticket: Ticket, _ tell: (ConsumerCommand<Call>) -> Void) {
    guard let continuation = state.withLock({ $0.events.removeValue(forKey: ticket) }) else { return }
    continuation.resume(returning: nil)
    tell(.withdraw(ticket))
  }

  /// Waits for the answer to a question.
  ///
  /// - Throws: `ended` if the machine has ended, `CancellationError` if the task is cancelled: the question stands all the
  ///   same.
  package func answer(orThrow ended: any Error, ask: @Sendable (_ ticket: Ticket) -> Void) async throws
    -> Answer
  {
    let ticket = nextTicket()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isOpen = state.withLock { state in
          if !state.hasEnded { state.answers[ticket] = continuation }
          return !state.hasEnded
        }
        guard isOpen else { return continuation.resume(throwing: ended) }
        ask(ticket)
        if Task.isCancelled { giveUp(answer: ticket) }
      }
    } onCancel: {
      giveUp(answer: ticket)
    }
  }

  private func giveUp(answer ticket: Ticket) {
    state.withLock { $0.answers.removeValue(forKey: ticket) }?.resume(throwing: CancellationError())
  }

  private func nextTicket() -> Ticket {
    state.withLock { state in
      state.lastTicket += 1
      return state.lastTicket
    }
  }

  // MARK: The answering side

  /// Hands an event, or the news that there will be none, to whoever waits with the ticket.
  package func deliver(_ event: Event?, to ticket: Ticket) {
    let continuation = state.withLock { state in
      let continuation = state.events.removeValue(forKey: ticket)
      if continuation != nil, event != nil { state.received = ticket }
      return continuation
    }
    continuation?.resume(returning: event)
  }

  package func answer(_ ticket: Ticket, with result: Result<Answer, any Error>) {
    state.withLock { $0.answers.removeValue(forKey: ticket) }?.resume(with: result)
  }

  /// The machine has ended and answers nothing any more.
  package func end(throwing error: any Error) {
    let (answers, events) = state.withLock { state in
      state.hasEnded = true
      defer {
        state.answers = [:]
        state.events = [:]
      }
      return (state.answers, state.events)
    }
    for continuation in answers.values { continuation.resume(throwing: error) }
    for continuation in events.values { continuation.resume(returning: nil) }
  }
}
