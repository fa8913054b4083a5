// Where asynchronous code waits for what a machine answers.

import Synchronization

/// Pairs questions to a machine with its answers by tickets, and gives up waiting when the task is cancelled or the machine
/// has ended.
package final class ReplyDesk<Event: Sendable, Answer: Sendable>: Sendable {
  private struct State: Sendable {
    var hasEnded = false
    var lastTicket: UInt64 = 0
    /// The ticket of the last event that somebody was there to take.
    var received: UInt64?
    var answers: [UInt64: CheckedContinuation<Answer, any Error>] = [:]
    var events: [UInt64: CheckedContinuation<Event?, Never>] = [:]
  }

  private let state = Mutex(State())

  package init() {}

  // MARK: The asking side

  /// Waits for an event; nil if there will be none any more, or the task is cancelled. An event that comes too late for a
  /// cancelled task is not counted as received, so that the next question gets it.
  ///
  /// - Parameters:
  ///   - ask: Puts the question, with the ticket of the last event that was received.
  ///   - withdraw: Takes the question back.
  package func event(
    ask: @Sendable (_ ticket: UInt64, _ received: UInt64?) -> Void, withdraw: @Sendable (UInt64) -> Void
  ) async -> Event? {
    let ticket = nextTicket()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let received = state.withLock { state -> UInt64?? in
          if state.hasEnded { return nil }
          state.events[ticket] = continuation
          return .some(state.received)
        }
        guard let received else { return continuation.resume(returning: nil) }
        ask(ticket, received)
        // Cancelled before it was entered above: the handler has found nothing to give up.
        if Task.isCancelled { giveUp(event: ticket, withdraw) }
      }
    } onCancel: {
      giveUp(event: ticket, withdraw)
    }
  }

  private func giveUp(event ticket: UInt64, _ withdraw: (UInt64) -> Void) {
    guard let continuation = state.withLock({ $0.events.removeValue(forKey: ticket) }) else { return }
    continuation.resume(returning: nil)
    withdraw(ticket)
  }

  /// Waits for the answer to a question.
  ///
  /// - Throws: `ended` if the machine has ended, `CancellationError` if the task is cancelled: the question stands all the
  ///   same.
  package func answer(orThrow ended: any Error, ask: @Sendable (_ ticket: UInt64) -> Void) async throws
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

  private func giveUp(answer ticket: UInt64) {
    state.withLock { $0.answers.removeValue(forKey: ticket) }?.resume(throwing: CancellationError())
  }

  private func nextTicket() -> UInt64 {
    state.withLock { state in
      state.lastTicket += 1
      return state.lastTicket
    }
  }

  // MARK: The answering side

  /// Hands an event, or the news that there will be none, to whoever waits with the ticket.
  package func deliver(_ event: Event?, to ticket: UInt64) {
    let continuation = state.withLock { state in
      let continuation = state.events.removeValue(forKey: ticket)
      if continuation != nil, event != nil { state.received = ticket }
      return continuation
    }
    continuation?.resume(returning: event)
  }

  package func answer(_ ticket: UInt64, with result: Result<Answer, any Error>) {
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
