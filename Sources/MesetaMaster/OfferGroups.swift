import MesetaModel
import MesetaRuntime

/// The offers that an allocation run makes, by framework, the one that was offered something first coming first.
struct OfferGroups: Codable, Sendable {
  struct Group: Codable, Sendable {
    var framework: FrameworkKey
    var offers: [Offer] = []
  }

  private var groups: [Group] = []
  /// How many of them have been taken.
  private var taken = 0
  /// By the framework's index: one more than the place of its group; 0: it has none. Kept from run to run, so that a
  /// run costs what it offers, not what frameworks there are.
  private var places: [Int32] = []

  mutating func add(_ offer: Offer, to framework: FrameworkKey) {
    let index = Int(framework.index)
    while places.count <= index { places.append(0) }
    if places[index] > 0 { return groups[Int(places[index]) - 1].offers.append(offer) }
    groups.append(Group(framework: framework, offers: [offer]))
    places[index] = Int32(groups.count)
  }

  /// Hands over the next group; nil once there is none, and it is empty then.
  mutating func takeNext() -> Group? {
    if taken == groups.count {
      groups.removeAll(keepingCapacity: groups.count <= Self.keptCapacity)
      taken = 0
      return nil
    }
    let framework = groups[taken].framework
    var group = Group(framework: framework)
    swap(&group, &groups[taken])
    places[Int(framework.index)] = 0
    taken += 1
    return group
  }

  private static let keptCapacity = 64
}
