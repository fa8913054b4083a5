// Who listens to a machine that ends by itself: a framework's or an executor's.

import Synchronization

/// Who is told what a driver and what it drives have to say: on the host's executor, between two batches.
package struct HostListener<Report: Sendable, Reason: Sendable>: Sendable {
  let reported: @Sendable (Report) -> Void
  let ended: @Sendable (Reason) -> Void

  package init(_ reported: @escaping @Sendable (Report) -> Void, ended: @escaping @Sendable (Reason) -> Void)
  {
    self.reported = reported
    self.ended = ended
  }
}

/// How a machine ended, once it has.
package final class HostEnd<Reason: Sendable>: Sendable {
  private enum State: Sendable {
    case running([CheckedContinuation<Reason, Never>])
    case ended(Reason)
  }

  private let state = Mutex(State.running([]))

  package init() {}

  /// The first reason counts.
  package func signal(_ reason: Reason) {
    let waiting = state.withLock { state -> [CheckedContinuation<Reason, Never>] in
      guard case .running(let waiting) = state else { return [] }
      state = .ended(reason)
      return waiting
    }
    for continuation in waiting { continuation.resume(returning: reason) }
  }

  package func wait() async -> Reason {
    await withCheckedContinuation { continuation in
      let reason = state.withLock { state -> Reason? in
        switch state {
        case .ended(let reason): return reason
        case .running(let waiting):
          state = .running(waiting + [continuation])
          return nil
        }
      }
      if let reason { continuation.resume(returning: reason) }
    }
  }
}
