// What operators set for roles while a cluster runs.

/// How much of the cluster a role is due, in proportion to the other roles (`mesos.v1.WeightInfo`).
public struct RoleWeight: Hashable, Codable, Sendable {
  public var role: String
  /// Positive.
  public var weight: Double

  public init(role: String, weight: Double) {
    self.role = role
    self.weight = weight
  }
}

/// A role with its quota.
public struct RoleQuota: Hashable, Codable, Sendable {
  public var role: String
  public var quota: Quota

  public init(_ role: String, _ quota: Quota) {
    self.role = role
    self.quota = quota
  }
}

/// The quotas and weights that were set, each by the name of its role, in ascending order.
public struct RoleSettings: Hashable, Codable, Sendable {
  public private(set) var quotas: [RoleQuota] = []
  public private(set) var weights: [RoleWeight] = []

  public init() {}

  /// The quota of a role; nil if it has none.
  public func quota(_ role: String) -> Quota? {
    let place = Self.place(of: role, in: quotas, \.role)
    return place < quotas.count && quotas[place].role == role ? quotas[place].quota : nil
  }

  /// Sets the quota of a role. The default quota takes a quota away.
  public mutating func set(_ new: RoleQuota) {
    let place = Self.place(of: new.role, in: quotas, \.role)
    if place < quotas.count, quotas[place].role == new.role { quotas.remove(at: place) }
    if !new.quota.isDefault { quotas.insert(new, at: place) }
  }

  /// The weight that was set for a role; nil if none was.
  public func weight(_ role: String) -> Double? {
    let place = Self.place(of: role, in: weights, \.role)
    return place < weights.count && weights[place].role == role ? weights[place].weight : nil
  }

  /// Sets the weight of a role.
  public mutating func set(_ new: RoleWeight) {
    let place = Self.place(of: new.role, in: weights, \.role)
    if place < weights.count, weights[place].role == new.role { weights.remove(at: place) }
    weights.insert(new, at: place)
  }

  /// Where a role is, or would be.
  private static func place<Entry>(of role: String, in entries: [Entry], _ name: (Entry) -> String) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if name(entries[middle]) < role { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
