// What happens to the allocator in a sequence.

import MesetaAllocator
import MesetaModel
import MesetaRuntime

/// One event. What it does in detail it draws from its own seed and from what there is when it comes: it means
/// something after any other events, so that others may be dropped.
struct Event: Sendable {
  enum Kind: CaseIterable, Sendable {
    case addAgent, removeAgent, updateAgent, activateAgent
    case addFramework, removeFramework, updateFramework, suppress, revive, activateFramework
    case addUsed, accept, finish, decline
    case convertOffered, convertUnallocated
    case setWeight, setQuota
    case passTime, look, run
  }

  var kind: Kind
  var seed: UInt64
}

/// What a sequence has of the things that there are: most faults show where little happens besides.
struct Setting: Sendable {
  enum Feature: CaseIterable, Sendable {
    case gpus, reservations, refinements, revocable, shared, mounts, licences, ports, minimums, regions,
      quotas,
      filters, weights, interruptions
  }

  var features: Set<Feature> = []
  var roles: [String] = []
  var agents = 0
  var frameworks = 0
  var options = Allocator.Options()

  init(_ generator: inout SeededGenerator) {
    features = Set(Feature.allCases.filter { _ in generator.oneIn(3) })
    if generator.oneIn(2) { features.insert(.quotas) }
    if generator.oneIn(2) { features.insert(.filters) }
    // What goes wrong only where limits, filters and shares meet is rare enough without the rest.
    if generator.oneIn(3) { features = [.quotas, .filters, .weights] }
    roles = RoleNames.all.filter { _ in generator.oneIn(2) }
    if roles.isEmpty { roles = ["a"] }
    agents = 1 + Int(generator.below(5))
    frameworks = 1 + Int(generator.below(5))
    if generator.oneIn(4) { options.maxOutstandingOffers = 1 + Int(generator.below(3)) }
    if generator.oneIn(8) { options.fairSharingExcluded = ["gpus", "cpus"] }
    if generator.oneIn(8) { options.filterGPUResources = false }
    if generator.oneIn(8) { options.minimalAllocatable = [] }
    if has(.regions) { options.domain = Self.domain(0) }
  }

  func has(_ feature: Feature) -> Bool { features.contains(feature) }

  static func domain(_ region: Int) -> FaultDomain { FaultDomain(region: "region\(region)", zone: "z") }
}

/// A sequence of events, all of it drawn from one seed.
struct EventSequence: Sendable {
  let seed: UInt64
  let setting: Setting
  var events: [Event] = []

  init(seed: UInt64) {
    self.seed = seed
    var generator = SeededGenerator(seed: seed)
    setting = Setting(&generator)
    let kinds = Self.kinds(setting, &generator)
    for kind in [Event.Kind.addAgent, .addAgent, .addFramework, .addFramework, .run] {
      events.append(Event(kind: kind, seed: generator.next()))
    }
    for _ in 0..<Self.length(&generator) {
      let kind = kinds[Int(generator.below(UInt64(kinds.count)))]
      events.append(Event(kind: kind, seed: generator.next()))
    }
    events.append(Event(kind: .run, seed: generator.next()))
  }

  /// Mostly short.
  private static func length(_ generator: inout SeededGenerator) -> Int {
    let (least, most): (UInt64, UInt64) =
      switch generator.below(10) {
      case 0...4: (3, 25)
      case 5...7: (25, 70)
      default: (70, 160)
      }
    return Int(least + generator.below(most - least))
  }

  /// The kinds to draw from, each as often as this sequence favours it.
  private static func kinds(_ setting: Setting, _ generator: inout SeededGenerator) -> [Event.Kind] {
    var kinds: [Event.Kind] = [.run, .run, .run, .decline, .decline, .accept, .finish]
    for kind in Event.Kind.allCases {
      switch kind {
      case .setQuota where !setting.has(.quotas), .setWeight where !setting.has(.weights),
        .look where !setting.has(.interruptions),
        .convertOffered where !setting.has(.reservations),
        .convertUnallocated where !setting.has(.reservations):
        continue
      default: kinds += Array(repeating: kind, count: Int(generator.below(3)))
      }
    }
    return kinds
  }
}
