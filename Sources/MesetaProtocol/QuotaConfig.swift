// Quotas as operators write them, and what can be said of them without knowing the cluster. The texts are
// Mesos's by meaning: clients match them.

public import MesetaModel

/// An amount of a resource as an operator wrote it, which may be none.
public struct WrittenQuantity: Hashable, Sendable {
  public var name: String
  public var value: Double

  public init(_ name: String, _ value: Double) {
    self.name = name
    self.value = value
  }
}

/// The quota that a role is to have (`mesos.v1.quota.QuotaConfig`). One without guarantees and limits takes the role's quota
/// away.
public struct QuotaConfig: Hashable, Sendable {
  public var role: String
  /// Each name once.
  public var guarantees: [WrittenQuantity]
  /// Each name once.
  public var limits: [WrittenQuantity]

  public init(role: String, guarantees: [WrittenQuantity] = [], limits: [WrittenQuantity] = []) {
    self.role = role
    self.guarantees = guarantees
    self.limits = limits
  }

  public init(_ quota: RoleQuota) {
    self.init(
      role: quota.role,
      guarantees: quota.quota.guarantees.map { WrittenQuantity($0.name, $0.scalar.value) },
      limits: quota.quota.limits.map { WrittenQuantity($0.name, $0.scalar.value) })
  }

  /// What is wrong with it; nil if nothing is.
  public var problem: String? {
    if let problem = Role.problem(with: role) { return "Invalid 'QuotaConfig.role': \(problem)" }
    if let problem = guarantees.lazy.compactMap(\.excess).first {
      return "Invalid 'QuotaConfig.guarantees': \(problem)"
    }
    if let problem = limits.lazy.compactMap(\.excess).first {
      return "Invalid 'QuotaConfig.limits': \(problem)"
    }
    if let problem = guarantees.lazy.compactMap(\.problem).first {
      return "Invalid guarantee configuration \(problem)"
    }
    if let problem = limits.lazy.compactMap(\.problem).first {
      return "Invalid limit configuration \(problem)"
    }
    let isWithin = guarantees.allSatisfy { guarantee in
      limits.allSatisfy { $0.name != guarantee.name || guarantee.value <= $0.value }
    }
    if !isWithin {
      return "'QuotaConfig.guarantees' \(guarantees.texts.braced) is not contained within the "
        + "'QuotaConfig.limits' \(limits.texts.braced)"
    }
    return nil
  }

  /// The quota in exact numbers, each list ordered by name; nil if there is a ``problem``.
  public var exact: RoleQuota? {
    guard problem == nil else { return nil }
    // To guarantee nothing of a resource is to name none; to limit it to nothing is not.
    let guarantees = guarantees.compactMap(\.exact).filter { !$0.scalar.isZero }
    return RoleQuota(
      role,
      Quota(
        guarantees: guarantees.sorted { $0.name < $1.name },
        limits: limits.compactMap(\.exact).sorted { $0.name < $1.name }))
  }
}

extension WrittenQuantity {
  /// That it is more than is taken, so that sums of many stay within what is counted with.
  fileprivate var excess: String? {
    guard value.isFinite, value > Scalar.maximum.value else { return nil }
    return
      "{'\(name)': \(valueText)} is invalid: values greater than 9 billion (9000000000) are not supported"
  }

  fileprivate var problem: String? {
    let reason: String? =
      if name.isEmpty {
        "Resource names must not be empty"
      } else if value.isNaN {
        "NaN not supported"
      } else if value.isInfinite {
        "Infinite values not supported"
      } else if value < 0 {
        "Negative values not supported"
      } else if value.isSubnormal {
        "Subnormal values not supported"
      } else {
        nil
      }
    return reason.map { "{'\(name)': \(valueText)}: \($0)" }
  }

  fileprivate var exact: ResourceQuantity? { Scalar(checking: value).map { ResourceQuantity(name, $0) } }

  fileprivate var valueText: String { Scalar(checking: value)?.description ?? "\(value)" }
}

extension [WrittenQuantity] {
  fileprivate var texts: [String] { map { "\($0.name): \($0.valueText)" } }
}

/// The quota that a role is to have, in the form that was used before ``QuotaConfig`` (`mesos.v1.quota.QuotaRequest`): what is
/// guaranteed is the limit as well.
public struct QuotaRequest: Hashable, Sendable {
  public var role: String?
  public var guarantee: [Resource]
  /// Whether the quota is set although it is more than the cluster has.
  public var isForced: Bool

  public init(role: String?, guarantee: [Resource], isForced: Bool = false) {
    self.role = role
    self.guarantee = guarantee
    self.isForced = isForced
  }

  /// What is wrong with it; nil if nothing is.
  public var problem: String? {
    guard let role else { return "QuotaInfo must specify a role" }
    if let problem = Role.problem(with: role) { return "QuotaInfo with invalid role: \(problem)" }
    if guarantee.isEmpty { return "QuotaInfo with empty 'guarantee'" }
    for resource in guarantee {
      if !resource.traits.reservations.isEmpty { return "QuotaInfo must not contain any ReservationInfo" }
      if resource.disk != nil { return "QuotaInfo must not contain DiskInfo" }
      if resource.isRevocable { return "QuotaInfo must not contain RevocableInfo" }
      guard case .scalar = resource.value else { return "QuotaInfo must not include non-scalar resources" }
    }
    if let name = guarantee.map(\.name).repeated.first {
      return "QuotaInfo contains duplicate resource name '\(name)'"
    }
    return nil
  }

  /// The same in the form of today; nil if there is a ``problem``.
  public var config: QuotaConfig? {
    guard let role, problem == nil else { return nil }
    let quantities = guarantee.map { WrittenQuantity($0.name, $0.value.quantity.value) }
    return QuotaConfig(role: role, guarantees: quantities, limits: quantities)
  }
}
