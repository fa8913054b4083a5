import Synchronization

/// The streams of those who are subscribed by HTTP, by their names.
final class StreamTable<Name: Hashable & Sendable>: Sendable {
  private struct State: Sendable {
    /// Look-up only.
    var streams: [Name: EventStream] = [:]
    /// Whose stream it is. Look-up only.
    var names: [ObjectIdentifier: Name] = [:]
  }

  private let state = Mutex(State())

  /// The last stream of somebody; nil if there is none.
  subscript(name: Name) -> EventStream? { state.withLock { $0.streams[name] } }

  /// Somebody has subscribed, perhaps again.
  func insert(_ name: Name, _ stream: EventStream) {
    state.withLock { state in
      state.streams[name] = stream
      state.names[ObjectIdentifier(stream)] = name
    }
  }

  /// A stream has ended. One that has been opened since then stays.
  func remove(_ stream: EventStream) {
    state.withLock { state in
      guard let name = state.names.removeValue(forKey: ObjectIdentifier(stream)) else { return }
      if state.streams[name] === stream { state.streams[name] = nil }
    }
  }
}
