// How long things took, in buckets that are fixed beforehand.

/// Counts times in buckets that are 1/64 as wide as what they hold, so that a percentile is right to 1.6 %.
struct Histogram: Sendable {
  private static let subBits: Int64 = 6
  private var counts = [Int](repeating: 0, count: 64 * 64)
  private(set) var count = 0

  /// Counts one time, in nanoseconds.
  mutating func record(_ nanoseconds: Int64) {
    counts[Self.bucket(max(0, nanoseconds))] += 1
    count += 1
  }

  mutating func add(_ other: Histogram) {
    for index in counts.indices { counts[index] += other.counts[index] }
    count += other.count
  }

  /// The time in nanoseconds that a share of all took at most; 0 if nothing was counted.
  func percentile(_ share: Double) -> Double {
    let wanted = max(1, Int((Double(count) * share).rounded(.up)))
    var seen = 0
    for (index, value) in counts.enumerated() {
      seen += value
      if seen >= wanted { return Double(Self.middle(index)) }
    }
    return 0
  }

  /// As reports give it, in microseconds.
  var figure: Figure { .percentiles(p50: percentile(0.5) / 1000, p99: percentile(0.99) / 1000) }

  /// Below 64 each value has its bucket; above, each power of two has 64.
  private static func bucket(_ value: Int64) -> Int {
    guard value >= 64 else { return Int(value) }
    let exponent = Int64(63 - value.leadingZeroBitCount) - subBits
    return Int((exponent + 1) * 64 + (value >> exponent) - 64)
  }

  private static func middle(_ bucket: Int) -> Int64 {
    guard bucket >= 64 else { return Int64(bucket) }
    let exponent = Int64(bucket / 64 - 1)
    let low = (Int64(bucket % 64) + 64) << exponent
    return low + (Int64(1) << exponent) / 2
  }
}
