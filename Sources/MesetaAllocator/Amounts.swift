// What is booked when resources move: how much, and how much of it counts against quotas.

import MesetaModel

/// The sums of a bag of resources.
struct Amounts: Equatable, Codable, Sendable {
  /// Of all scalars.
  var all = Quantities()
  /// Of those that are neither reserved nor revocable: these count against the quota of who gets them. What is
  /// reserved counts for its role all the time.
  var charged = Quantities()

  var isZero: Bool { all.isZero && charged.isZero }

  /// Adds what is plain, in thousandths: cpus, mem, disk and gpus.
  @inline(__always)
  mutating func addPlain(_ thousandths: SIMD4<Int64>) {
    all.addKnown(thousandths)
    charged.addKnown(thousandths)
  }

  /// Whether it is what is plain, and nothing else.
  @inline(__always)
  func isPlain(_ thousandths: SIMD4<Int64>) -> Bool {
    all.isKnown(thousandths) && charged.isKnown(thousandths)
  }

  @inline(__always)
  static func += (left: inout Amounts, right: Amounts) {
    left.all += right.all
    left.charged += right.charged
  }

  @inline(__always)
  static func -= (left: inout Amounts, right: Amounts) {
    left.all -= right.all
    left.charged -= right.charged
  }
}

extension Resource {
  /// Whether whoever gets it is charged for it: it is a scalar, neither reserved nor revocable.
  var isQuotaCharged: Bool {
    isPlain ? value.kind == .scalar : value.kind == .scalar && reservationRole == nil && !isRevocable
  }
}

/// The most that may be taken of each scalar resource, by dimension; what is not named has no bound.
struct Ceiling: Equatable, Codable, Sendable {
  private var known = SIMD4<Int64>(repeating: .max)
  /// The dimensions past the well-known ones, as far as one of them is bounded.
  private var others: [Int64] = []

  static let unbounded = Ceiling()

  subscript(dimension: Int) -> Int64 {
    if dimension < 4 { return known[dimension] }
    return dimension - 4 < others.count ? others[dimension - 4] : .max
  }

  var isUnbounded: Bool { self == .unbounded }

  /// Bounds a dimension; a bound that is lower already stays.
  mutating func lower(_ dimension: Int, to bound: Int64) {
    guard dimension >= 4 else {
      known[dimension] = min(known[dimension], bound)
      return
    }
    while others.count <= dimension - 4 { others.append(.max) }
    others[dimension - 4] = min(others[dimension - 4], bound)
  }

  /// Bounds what `limit` bounds, by what is left of it.
  mutating func lower(to limit: Ceiling, less consumed: Quantities, count: Int) {
    for dimension in 0..<count where limit[dimension] != .max {
      lower(dimension, to: max(0, limit[dimension] &- consumed[dimension]))
    }
  }

  /// Bounds what the other one bounds.
  mutating func lower(to other: Ceiling, count: Int) {
    for dimension in 0..<count { lower(dimension, to: other[dimension]) }
  }

  /// Whether so much may be taken.
  func covers(_ quantities: Quantities) -> Bool {
    guard quantities.cpus <= known[0], quantities.mem <= known[1], quantities.disk <= known[2],
      quantities.gpus <= known[3]
    else { return false }
    return others.indices.allSatisfy { quantities[$0 + 4] <= others[$0] }
  }
}
