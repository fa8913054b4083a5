/// A resource quantity in fixed point with three decimal digits, as Mesos computes them.
///
/// `Scalar` keeps a count of thousandths, so that sums of quantities such as 0.1 are exact.
@frozen
public struct Scalar: Hashable, Comparable, Codable, Sendable {
  /// The quantity in thousandths.
  public var milli: Int64

  /// The largest quantity accepted from outside: 9·10⁹ units.
  public static let maximum = Scalar(milli: 9_000_000_000_000)

  @inlinable public static var zero: Scalar { Scalar(milli: 0) }

  @inlinable
  public init(milli: Int64) {
    self.milli = milli
  }

  /// A whole number of units.
  @inlinable
  public init(_ units: Int) {
    self.milli = Int64(units) * 1000
  }

  /// Rounds to the nearest thousandth, halves away from zero, as Mesos does.
  ///
  /// Returns nil unless `value` is finite and within 0...``maximum``: Swift traps on an out-of-range conversion,
  /// so every number from outside passes through here.
  public init?(checking value: Double) {
    guard value.isFinite, value >= 0, value <= 9_000_000_000 else { return nil }
    self.milli = Int64(value * 1000 + 0.5)  // not `rounded`, which needs a mathematics library
  }

  /// The quantity as a floating point number, for the wire and for shares.
  @inlinable public var value: Double { Double(milli) / 1000 }

  @inlinable public var isZero: Bool { milli == 0 }

  @inlinable
  public static func < (left: Scalar, right: Scalar) -> Bool { left.milli < right.milli }
  @inlinable
  public static func + (left: Scalar, right: Scalar) -> Scalar { Scalar(milli: left.milli + right.milli) }
  @inlinable
  public static func - (left: Scalar, right: Scalar) -> Scalar { Scalar(milli: left.milli - right.milli) }
  @inlinable
  public static func += (left: inout Scalar, right: Scalar) { left.milli += right.milli }
  @inlinable
  public static func -= (left: inout Scalar, right: Scalar) { left.milli -= right.milli }
}

extension Scalar: CustomStringConvertible {
  /// The shortest decimal form: `2`, `0.5`, `1.125`.
  public var description: String {
    let magnitude = milli.magnitude
    let sign = milli < 0 ? "-" : ""
    let (whole, rest) = magnitude.quotientAndRemainder(dividingBy: 1000)
    if rest == 0 { return "\(sign)\(whole)" }
    var digits = String(rest)
    digits = String(repeating: "0", count: 3 - digits.count) + digits
    while digits.last == "0" { digits.removeLast() }
    return "\(sign)\(whole).\(digits)"
  }
}
