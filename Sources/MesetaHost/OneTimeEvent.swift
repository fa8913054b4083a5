import Synchronization

/// Something that happens once, and that any number may wait for.
package final class OneTimeEvent: Sendable {
  private enum State {
    case pending([CheckedContinuation<Void, Never>])
    case happened
  }

  private let state = Mutex(State.pending([]))

  package init() {}

  package func signal() {
    let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      defer { state = .happened }
      if case .pending(let waiting) = state { return waiting }
      return []
    }
    for continuation in waiting { continuation.resume() }
  }

  package func wait() async {
    await withCheckedContinuation { continuation in
      let hasHappened = state.withLock { state in
        guard case .pending(var waiting) = state else { return true }
        waiting.append(continuation)
        state = .pending(waiting)
        return false
      }
      if hasHappened { continuation.resume() }
    }
  }
}
