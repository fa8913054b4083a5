// How much of each scalar resource, whatever its identity: what shares are computed from.

import MesetaModel

/// Thousandths of each scalar resource, by dimension (see ``Dimensions``).
///
/// The arithmetic wraps: sums that no real cluster reaches give a wrong share, not a crash, and what was added can
/// still be taken away.
struct Quantities: Codable, Sendable {
  var cpus: Int64 = 0
  var mem: Int64 = 0
  var disk: Int64 = 0
  var gpus: Int64 = 0
  /// The dimensions past the well-known ones; shorter than their number where the rest is zero.
  var others: [Int64] = []

  init() {}

  @inline(__always)
  static func += (left: inout Quantities, right: Quantities) {
    left.cpus &+= right.cpus
    left.mem &+= right.mem
    left.disk &+= right.disk
    left.gpus &+= right.gpus
    if !right.others.isEmpty { left.combineOthers(right.others, &+) }
  }

  @inline(__always)
  static func -= (left: inout Quantities, right: Quantities) {
    left.cpus &-= right.cpus
    left.mem &-= right.mem
    left.disk &-= right.disk
    left.gpus &-= right.gpus
    if !right.others.isEmpty { left.combineOthers(right.others, &-) }
  }

  /// Adds to the well-known dimensions, in their order.
  @inline(__always)
  mutating func addKnown(_ thousandths: SIMD4<Int64>) {
    cpus &+= thousandths[0]
    mem &+= thousandths[1]
    disk &+= thousandths[2]
    gpus &+= thousandths[3]
  }

  /// Whether there is that of the well-known dimensions, in their order, and nothing of any other.
  @inline(__always)
  func isKnown(_ thousandths: SIMD4<Int64>) -> Bool {
    cpus == thousandths[0] && mem == thousandths[1] && disk == thousandths[2] && gpus == thousandths[3]
      && (others.isEmpty || others.allSatisfy { $0 == 0 })
  }

  private mutating func combineOthers(_ right: [Int64], _ combine: (Int64, Int64) -> Int64) {
    while others.count < right.count { others.append(0) }
    for index in right.indices { others[index] = combine(others[index], right[index]) }
  }

  subscript(dimension: Int) -> Int64 {
    get {
      switch dimension {
      case 0: cpus
      case 1: mem
      case 2: disk
      case 3: gpus
      default: dimension - 4 < others.count ? others[dimension - 4] : 0
      }
    }
    set {
      switch dimension {
      case 0: cpus = newValue
      case 1: mem = newValue
      case 2: disk = newValue
      case 3: gpus = newValue
      default:
        while others.count <= dimension - 4 { others.append(0) }
        others[dimension - 4] = newValue
      }
    }
  }

  var isZero: Bool {
    cpus | mem | disk | gpus == 0 && (others.isEmpty || others.allSatisfy { $0 == 0 })
  }

  /// Whether there is some of anything in both.
  func sharesAny(with other: Quantities) -> Bool {
    if cpus > 0 && other.cpus > 0 || mem > 0 && other.mem > 0 || disk > 0 && other.disk > 0 { return true }
    if gpus > 0 && other.gpus > 0 { return true }
    return others.indices.contains { others[$0] > 0 && other[$0 + 4] > 0 }
  }

  /// How much more there is here than in `other`, of each; nothing where there is less.
  func excess(over other: Quantities) -> Quantities {
    var result = Quantities()
    result.cpus = max(0, cpus &- other.cpus)
    result.mem = max(0, mem &- other.mem)
    result.disk = max(0, disk &- other.disk)
    result.gpus = max(0, gpus &- other.gpus)
    if others.isEmpty { return result }
    result.others = others.indices.map { max(0, others[$0] &- other[$0 + 4]) }
    return result
  }

  /// Whether there is at least as much of everything.
  func covers(_ other: Quantities) -> Bool {
    guard cpus >= other.cpus, mem >= other.mem, disk >= other.disk, gpus >= other.gpus else { return false }
    return other.others.indices.allSatisfy { self[$0 + 4] >= other.others[$0] }
  }
}

extension Quantities: Equatable {
  static func == (left: Quantities, right: Quantities) -> Bool {
    guard left.cpus == right.cpus, left.mem == right.mem, left.disk == right.disk, left.gpus == right.gpus
    else { return false }
    if left.others.isEmpty, right.others.isEmpty { return true }
    return (0..<max(left.others.count, right.others.count)).allSatisfy { left[$0 + 4] == right[$0 + 4] }
  }
}

/// Gives the names of scalar resources their place in ``Quantities``. A name keeps its place for ever; names past
/// the limit take part in no share, so that agents with ever new names cannot grow the tables.
struct Dimensions: Codable, Sendable {
  static let limit = 64

  private(set) var names = ["cpus", "mem", "disk", "gpus"]
  /// Names that count towards no share.
  let excluded: [String]
  private var countsTowardsShares: [Bool] = []

  init(excluded: [String] = []) {
    self.excluded = excluded
    self.countsTowardsShares = names.map { !excluded.contains($0) }
  }

  /// The dimension of a name; nil if it was not entered.
  @inline(__always)
  func dimension(of name: String) -> Int? { names.firstIndex(of: name) }

  /// Enters the names of the scalars of a bag, up to the limit.
  mutating func enter(_ bag: Resources) {
    for index in bag.resources.indices where bag.resources[index].value.kind == .scalar {
      _ = enter(bag.resources[index].name)
    }
  }

  /// Enters a name. Returns its dimension; nil past the limit.
  mutating func enter(_ name: String) -> Int? {
    if let dimension = dimension(of: name) { return dimension }
    guard names.count < Self.limit else { return nil }
    names.append(name)
    countsTowardsShares.append(!excluded.contains(name))
    return names.count - 1
  }

  /// The sums of the scalars of a bag: of all, and of those that count against quotas.
  func amounts(of bag: Resources) -> Amounts {
    var result = Amounts()
    add(bag, to: &result)
    return result
  }

  /// Adds the sums of a bag to others.
  func add(_ bag: Resources, to sums: inout Amounts) {
    if let plain = ResourceSum.amounts(of: bag) { return sums.addPlain(plain) }
    for index in bag.resources.indices {
      guard case .scalar(let scalar) = bag.resources[index].value,
        let dimension = dimension(of: bag.resources[index].name)
      else { continue }
      sums.all[dimension] = sums.all[dimension] &+ scalar.milli
      if bag.resources[index].isQuotaCharged {
        sums.charged[dimension] = sums.charged[dimension] &+ scalar.milli
      }
    }
  }

  /// How much a resource is, if it is a scalar.
  func quantities(of resource: Resource) -> Quantities {
    var result = Quantities()
    if case .scalar(let scalar) = resource.value, let dimension = dimension(of: resource.name) {
      result[dimension] = scalar.milli
    }
    return result
  }

  /// The dominant share: the largest part of the total of any one resource.
  func dominantShare(of part: Quantities, in total: Quantities) -> Double {
    var share = 0.0
    // One by one, because this is computed several times an offer.
    if part.cpus > 0, total.cpus > 0, countsTowardsShares[0] {
      share = Double(part.cpus) / Double(total.cpus)
    }
    if part.mem > 0, total.mem > 0, countsTowardsShares[1] {
      share = max(share, Double(part.mem) / Double(total.mem))
    }
    if part.disk > 0, total.disk > 0, countsTowardsShares[2] {
      share = max(share, Double(part.disk) / Double(total.disk))
    }
    if part.gpus > 0, total.gpus > 0, countsTowardsShares[3] {
      share = max(share, Double(part.gpus) / Double(total.gpus))
    }
    for index in part.others.indices where part.others[index] > 0 && countsTowardsShares[index + 4] {
      let whole = total[index + 4]
      if whole > 0 { share = max(share, Double(part.others[index]) / Double(whole)) }
    }
    return share
  }
}
