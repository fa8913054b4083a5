import Synchronization

/// A value that comes once, and that any number may wait for.
package final class OneTimeValue<Value: Sendable>: Sendable {
  private enum State {
    case pending([CheckedContinuation<Value, Never>])
    case set(Value)
  }

  private let state = Mutex(State.pending([]))

  package init() {}

  /// Sets the value, unless it is set already.
  package func set(_ value: Value) {
    let waiting = state.withLock { state -> [CheckedContinuation<Value, Never>] in
      guard case .pending(let waiting) = state else { return [] }
      state = .set(value)
      return waiting
    }
    for continuation in waiting { continuation.resume(returning: value) }
  }

  /// The value, if it is set already.
  package var current: Value? {
    state.withLock {
      switch $0 {
      case .set(let value): value
      case .pending: nil
      }
    }
  }

  /// The value, once it is set.
  package var value: Value {
    get async {
      await withCheckedContinuation { continuation in
        let value = state.withLock { state -> Value? in
          switch state {
          case .set(let value): return value
          case .pending(var waiting):
            waiting.append(continuation)
            state = .pending(waiting)
            return nil
          }
        }
        if let value { continuation.resume(returning: value) }
      }
    }
  }
}

/// Something that happens once, and that any number may wait for.
package typealias OneTimeEvent = OneTimeValue<Void>

extension OneTimeValue where Value == Void {
  package func signal() { set(()) }
  package func wait() async { await value }
}
