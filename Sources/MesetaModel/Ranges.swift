/// A set of integers kept as ascending, disjoint, non-adjacent ranges: ports, for example.
public struct Ranges: Hashable, Codable, Sendable, CustomStringConvertible {
  /// The ranges, ascending; two neighbours are never adjacent.
  public private(set) var ranges: [ClosedRange<UInt64>]

  public init() { self.ranges = [] }

  /// Sorts and coalesces `ranges`. O(n log n).
  public init(_ ranges: some Sequence<ClosedRange<UInt64>>) {
    var coalesced: [ClosedRange<UInt64>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = coalesced.last, last.upperBound == .max || range.lowerBound <= last.upperBound + 1 {
        coalesced[coalesced.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        coalesced.append(range)
      }
    }
    self.ranges = coalesced
  }

  /// ``init(_:)`` for an array, which is kept as it is where it is ascending already. O(n) then.
  package init(array: [ClosedRange<UInt64>]) {
    let isAscending = array.indices.dropFirst().allSatisfy { index in
      let (end, next) = (array[index - 1].upperBound, array[index].lowerBound)
      return end < .max && next > end + 1
    }
    if isAscending {
      self.init()
      self.ranges = array
    } else {
      self.init(array)
    }
  }

  public var isEmpty: Bool { ranges.isEmpty }

  /// How many integers the set holds, at most `UInt64.max`.
  public var count: UInt64 {
    var total: UInt64 = 0
    for range in ranges {
      let (sum, overflow) = total.addingReportingOverflow(range.upperBound - range.lowerBound)
      let (next, more) = sum.addingReportingOverflow(1)
      if overflow || more { return .max }
      total = next
    }
    return total
  }

  /// Whether every integer of `other` is in this set. O(n + m).
  public func contains(_ other: Ranges) -> Bool {
    var index = 0
    for wanted in other.ranges {
      while index < ranges.count, ranges[index].upperBound < wanted.lowerBound { index += 1 }
      guard index < ranges.count, ranges[index].lowerBound <= wanted.lowerBound,
        wanted.upperBound <= ranges[index].upperBound
      else { return false }
    }
    return true
  }

  public static func + (left: Ranges, right: Ranges) -> Ranges {
    if left.isEmpty { return right }
    if right.isEmpty { return left }
    return Ranges(left.ranges + right.ranges)
  }

  /// The integers of `left` that are not in `right`. O(n + m).
  public static func - (left: Ranges, right: Ranges) -> Ranges {
    var result = Ranges()
    var index = 0
    for range in left.ranges {
      var low = range.lowerBound
      var exhausted = false
      while index < right.ranges.count, right.ranges[index].upperBound < low { index += 1 }
      var next = index
      while next < right.ranges.count, right.ranges[next].lowerBound <= range.upperBound {
        let removed = right.ranges[next]
        if removed.lowerBound > low { result.ranges.append(low...(removed.lowerBound - 1)) }
        if removed.upperBound >= range.upperBound {
          exhausted = true
          break
        }
        low = removed.upperBound + 1
        next += 1
      }
      if !exhausted { result.ranges.append(low...range.upperBound) }
    }
    return result
  }

  /// The lowest `count` integers of the set, or nil if there are fewer.
  public func lowest(_ count: UInt64) -> Ranges? {
    var wanted = count
    var result = Ranges()
    for range in ranges {
      guard wanted > 0 else { break }
      let last = min(range.upperBound - range.lowerBound, wanted - 1)
      result.ranges.append(range.lowerBound...(range.lowerBound + last))
      wanted -= last + 1
    }
    return wanted == 0 ? result : nil
  }

  /// Mesos's text form: `[31000-31009, 32000-32000]`.
  public var description: String {
    "[" + ranges.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ", ") + "]"
  }
}
