// What roles are promised, and what they may have at most.

public import MesetaModel

extension Allocator {
  /// Sets the quota of a role and everything below it, now and for whenever it is in use. The default quota takes a
  /// quota away.
  public mutating func setQuota(_ role: String, _ quota: Quota) {
    quotas[role] = quota.isDefault ? nil : quota
  }

  /// The quota of a role, also of one that is not in use; nil if it has none.
  public func quota(_ role: String) -> Quota? { quotas[role] }

  /// What of a role's quota is used: all that is reserved for it or a role below it, and all that is offered to or
  /// used by them of what is unreserved.
  public func quotaConsumed(_ role: String) -> [ResourceQuantity] { [] }
}
