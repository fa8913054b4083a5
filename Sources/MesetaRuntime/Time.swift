// Time is an argument: a machine never asks a clock.

/// A point on a clock that never jumps: nanoseconds since some start that only this run knows. For deadlines.
@frozen
public struct Instant: Hashable, Comparable, Codable, Sendable {
  public var nanoseconds: Int64

  @inlinable
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  @inlinable public static var zero: Instant { Instant(nanoseconds: 0) }
  /// Later than everything.
  @inlinable public static var never: Instant { Instant(nanoseconds: .max) }

  @inlinable
  public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

  /// Stops at ``never`` rather than overflow.
  @inlinable
  public static func + (left: Instant, right: Span) -> Instant {
    let (sum, overflow) = left.nanoseconds.addingReportingOverflow(right.nanoseconds)
    return overflow ? .never : Instant(nanoseconds: sum)
  }

  @inlinable
  public static func - (left: Instant, right: Instant) -> Span {
    Span(nanoseconds: left.nanoseconds &- right.nanoseconds)
  }
}

/// A length of time.
@frozen
public struct Span: Hashable, Comparable, Codable, Sendable {
  public var nanoseconds: Int64

  @inlinable
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  @inlinable public static var zero: Span { Span(nanoseconds: 0) }
  public static func milliseconds(_ count: Int) -> Span { Span(nanoseconds: Int64(count) * 1_000_000) }
  public static func seconds(_ count: Int) -> Span { Span(nanoseconds: Int64(count) * 1_000_000_000) }
  public static func minutes(_ count: Int) -> Span { .seconds(count * 60) }

  /// From a number of seconds that comes from outside: what is not a number or negative is nil, what is more than
  /// 365 days is that.
  public init?(clampingSeconds seconds: Double) {
    guard seconds >= 0 else { return nil }  // false for NaN
    self.nanoseconds = Int64(min(seconds, 365 * 86400) * 1_000_000_000)
  }

  public var inSeconds: Double { Double(nanoseconds) / 1e9 }

  @inlinable
  public static func < (left: Span, right: Span) -> Bool { left.nanoseconds < right.nanoseconds }
  public static func * (left: Span, right: Int) -> Span {
    let (product, overflow) = left.nanoseconds.multipliedReportingOverflow(by: Int64(right))
    return Span(nanoseconds: overflow ? .max : product)
  }
}

/// The time of an input, on both clocks.
@frozen
public struct Time: Hashable, Codable, Sendable {
  /// For deadlines.
  public var monotonic: Instant
  /// Nanoseconds since the Unix epoch, for time stamps: it may jump.
  public var wall: Int64

  @inlinable
  public init(monotonic: Instant, wall: Int64) {
    self.monotonic = monotonic
    self.wall = wall
  }
}

extension Span: CustomStringConvertible {
  /// `250ms`, `5s`, `10m`: the largest unit that divides it.
  public var description: String {
    let units: [(Int64, String)] = [
      (3_600_000_000_000, "h"), (60_000_000_000, "m"), (1_000_000_000, "s"), (1_000_000, "ms"), (1000, "us"),
    ]
    for (size, unit) in units where nanoseconds != 0 && nanoseconds % size == 0 {
      return "\(nanoseconds / size)\(unit)"
    }
    return nanoseconds == 0 ? "0s" : "\(nanoseconds)ns"
  }
}
