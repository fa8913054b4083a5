/// What a role is promised, and what it may have at most (`mesos.v1.quota.QuotaConfig` without the role).
///
/// Both count scalar resources, by name. They hold for the role and all roles below it together.
public struct Quota: Hashable, Codable, Sendable {
  /// So much is kept for the role while it asks for it. What is not named is not guaranteed.
  public var guarantees: [ResourceQuantity]
  /// More than so much the role is not offered. What is not named is not limited.
  public var limits: [ResourceQuantity]

  public init(guarantees: [ResourceQuantity] = [], limits: [ResourceQuantity] = []) {
    self.guarantees = guarantees
    self.limits = limits
  }

  /// Whether nothing is promised and nothing is limited, as for a role without a quota.
  public var isDefault: Bool { guarantees.isEmpty && limits.isEmpty }
}
