// How a loop waits for news.

/// Wakes a loop. However often it is rung while the loop is busy, it wakes it once.
final class Bell: Sendable {
  let rings: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() {
    (rings, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func ring() { continuation.yield() }

  /// Ends the loop.
  func end() { continuation.finish() }
}
