import MesetaModel
import Synchronization

/// The streams of frameworks that are subscribed by HTTP.
final class StreamTable: Sendable {
  private struct State: Sendable {
    /// Look-up only.
    var streams: [FrameworkID: EventStream] = [:]
    /// Whose stream it is. Look-up only.
    var frameworks: [ObjectIdentifier: FrameworkID] = [:]
  }

  private let state = Mutex(State())

  /// The last stream of a framework; nil if it has none.
  subscript(framework: FrameworkID) -> EventStream? { state.withLock { $0.streams[framework] } }

  /// A framework has subscribed, perhaps again.
  func insert(_ framework: FrameworkID, _ stream: EventStream) {
    state.withLock { state in
      state.streams[framework] = stream
      state.frameworks[ObjectIdentifier(stream)] = framework
    }
  }

  /// A stream has ended. One that its framework has opened since then stays.
  func remove(_ stream: EventStream) {
    state.withLock { state in
      guard let framework = state.frameworks.removeValue(forKey: ObjectIdentifier(stream)) else { return }
      if state.streams[framework] === stream { state.streams[framework] = nil }
    }
  }
}
