public import MesetaModel

/// A role as the master knows it (`mesos.v1.Role`, with what Mesos tells at `/roles`). Amounts are those of the role and all
/// roles below it, ordered by name.
public struct RoleDescription: Hashable, Sendable {
  public var name: String
  public var weight: Double
  /// The frameworks that are subscribed to this very role.
  public var frameworks: [FrameworkID]
  public var allocated: [ResourceQuantity]
  public var offered: [ResourceQuantity]
  public var reserved: [ResourceQuantity]
  /// What counts towards the quota: all that is allocated, and what is reserved and not allocated.
  public var consumed: [ResourceQuantity]
  public var quota: Quota

  public init(
    _ name: String, weight: Double = 1, frameworks: [FrameworkID] = [], allocated: [ResourceQuantity] = [],
    offered: [ResourceQuantity] = [], reserved: [ResourceQuantity] = [], consumed: [ResourceQuantity] = [],
    quota: Quota = Quota()
  ) {
    self.name = name
    self.weight = weight
    self.frameworks = frameworks
    self.allocated = allocated
    self.offered = offered
    self.reserved = reserved
    self.consumed = consumed
    self.quota = quota
  }
}
