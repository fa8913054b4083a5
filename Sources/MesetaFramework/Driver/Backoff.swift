// How long to wait before something is tried again.

public import MesetaRuntime

/// Exponential back-off: the bound doubles with every attempt; drawing below it spreads the crowd that comes back
/// after a master's failover.
public struct Backoff: Hashable, Sendable {
  /// The bound of the first wait.
  public var first: Span
  /// The bound that is never passed.
  public var most: Span

  /// Doubles from the first bound to the last.
  public init(first: Span, most: Span) {
    self.first = first
    self.most = most
  }

  /// The longest wait before attempt `attempt`, counted from 0.
  func bound(_ attempt: Int) -> Span {
    // 2^40 times the shortest span passes any bound in use; a longer shift would lose the bits.
    min(most, first * (1 << min(max(attempt, 0), 40)))
  }

  /// A wait between nothing and the bound.
  func spread(_ attempt: Int, _ random: inout SeededGenerator) -> Span {
    let bound = bound(attempt).nanoseconds
    return Span(nanoseconds: Int64(random.below(UInt64(max(bound, 0)) + 1)))
  }
}
