import MesetaModel

/// Quotas of roles that lie below each other, and whether they go together.
struct QuotaHierarchy {
  let settings: RoleSettings

  init(_ settings: RoleSettings) { self.settings = settings }

  private var quotas: [RoleQuota] { settings.quotas }

  /// What is wrong with them; nil if nothing is. What a role guarantees holds what its children guarantee; no limit is
  /// higher than that of a role above.
  var problem: String? {
    var sums: [String: ResourceSums] = [:]
    var parents: [String] = []
    for entry in quotas where !entry.quota.guarantees.isEmpty {
      guard let parent = Role.parent(of: entry.role) else { continue }
      if sums[parent] == nil { parents.append(parent) }
      sums[parent, default: ResourceSums()] += ResourceSums(entry.quota.guarantees)
    }
    for parent in parents {
      let own = ResourceSums(quota(parent).guarantees)
      let children = sums[parent] ?? ResourceSums()
      if !own.contains(children) {
        return
          "Invalid quota configuration. Parent role '\(parent)' with guarantees (\(own)) does not contain the "
          + "sum of its children's guarantees (\(children))"
      }
    }
    return limitProblem
  }

  private var limitProblem: String? {
    for entry in quotas {
      var above = Role.parent(of: entry.role)
      while let role = above {
        let limits = quota(role).limits
        let isHigher = entry.quota.limits.contains { limit in
          limits.contains { $0.name == limit.name && $0.scalar < limit.scalar }
        }
        if isHigher {
          return
            "Invalid quota configuration. Role '\(entry.role)' with limits (\(entry.quota.limits.text)) is not "
            + "contained within the limits (\(limits.text)) of role '\(role)' above it"
        }
        above = Role.parent(of: role)
      }
    }
    return nil
  }

  /// All that is guaranteed. What a role guarantees holds what those below it do.
  var totalGuarantees: ResourceSums {
    quotas.reduce(into: ResourceSums()) { sum, entry in
      if Role.parent(of: entry.role) == nil { sum += ResourceSums(entry.quota.guarantees) }
    }
  }

  private func quota(_ role: String) -> Quota { settings.quota(role) ?? Quota() }
}
