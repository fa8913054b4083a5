// What is wanted of the allocator.

extension Target {
  /// What the project wants of the allocator on some of the clusters.
  static func allocation(of rows: [AllocationRow]) -> [Target] {
    let ids = rows.map(\.id)
    var targets = bounds.filter { ids.contains($0.row.id) }.map { bound in
      Target("\(bound.name), \(bound.row.name)", Unit(bound.key), .atMost(bound.most)) {
        $0[bound.row.id]?[bound.key]
      }
    }
    if ids.contains(AllocationRow.huge.id), ids.contains(AllocationRow.hundred.id) {
      targets.append(costOfSize)
    }
    return targets
  }

  private static let bounds: [(name: String, row: AllocationRow, key: String, most: Double)] = [
    ("full cycle", .large, "full_cycle_ms.p50", 20),
    ("full cycle", .ownRoles, "full_cycle_ms.p50", 25),
    ("full cycle", .middle, "full_cycle_ms.p50", 8),
    ("full cycle", .quotas, "full_cycle_ms.p50", 50),
    ("all filtered", .large, "filtered_cycle_ms.p50", 5),
    ("all filtered", .middle, "filtered_cycle_ms.p50", 1),
    ("nothing to do", .large, "idle_cycle_ms.p50", 0.1),
    ("nothing to do", .ownRoles, "idle_cycle_ms.p50", 0.1),
    ("nothing to do", .quotas, "idle_cycle_ms.p50", 0.1),
    ("memory of a filter", .large, "bytes_per_filter", 32),
    ("memory of a filter", .middle, "bytes_per_filter", 32),
    ("longest call in a wave of filters", .large, "filter_wave_max_slice_ms", 5),
    ("longest call in a wave of filters", .middle, "filter_wave_max_slice_ms", 5),
    ("adding all agents", .large, "add_agents_seconds", 0.05),
  ]

  private static var costOfSize: Target {
    let (huge, hundred) = (AllocationRow.huge, AllocationRow.hundred)
    return Target("an offer, \(huge.name), of one, \(hundred.name)", .percent, .atMost(2)) {
      guard let large = huge.microsecondsPerOffer($0), let small = hundred.microsecondsPerOffer($0), small > 0
      else { return nil }
      return large / small
    }
  }
}

extension AllocationRow {
  /// What an offer of a full cycle takes.
  func microsecondsPerOffer(_ round: Round) -> Double? {
    guard let time = round[id]?["full_cycle_ms.p50"], let offers = round[id]?["offers_per_cycle"], offers > 0
    else { return nil }
    return time * 1000 / offers
  }
}
