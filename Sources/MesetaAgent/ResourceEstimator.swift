// How much of what others do not use may be given away for as long as they do not need it.

public import MesetaModel

/// Says how much more an agent may give away than it has. It is asked at each
/// ``AgentConfiguration/oversubscribedResourcesInterval``.
///
/// It may keep what it learns, but its answer has to follow from what it was told: no clock, no chance.
public protocol ResourceEstimator: Sendable {
  /// What may be allocated at most besides what is allocated already, given that it may be taken back at any time.
  mutating func oversubscribable(_ usage: ResourceUsage) -> Resources
}

/// Always the same amount in all, whatever is used.
public struct FixedResourceEstimator: Codable, ResourceEstimator {
  private let total: Resources

  public init(_ total: Resources) { self.total = total.madeRevocable }

  public func oversubscribable(_ usage: ResourceUsage) -> Resources { total - usage.allocatedRevocable }
}

/// The processors that are allocated to somebody who does not use them, with a part kept for when they do.
///
/// Only processors: they can be taken back without a loss.
public struct LoadResourceEstimator: Codable, ResourceEstimator {
  /// The part of each allocation that is not given away, 0 to 1.
  public let margin: Scalar

  public init(margin: Scalar = Scalar(milli: 100)) { self.margin = margin }

  public func oversubscribable(_ usage: ResourceUsage) -> Resources {
    var idle = Scalar.zero
    for executor in usage.executors where !executor.isRevocable {
      guard let used = executor.used?.scalar("cpus") else { continue }  // Not known yet.
      let allocated = executor.allocated.scalar("cpus")
      let kept = Scalar(
        milli: allocated.milli / 1000 * margin.milli + allocated.milli % 1000 * margin.milli / 1000)
      idle += max(allocated - used - kept, .zero)
    }
    let rest = max(idle - usage.allocatedRevocable.scalar("cpus"), .zero)
    return Resources(["cpus": rest]).madeRevocable
  }
}
