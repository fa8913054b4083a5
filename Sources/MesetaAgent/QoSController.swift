// Who has to give back what is needed by those it belongs to.

public import MesetaModel

/// What is to be done so that those who own their resources get what they were promised.
public enum QoSCorrection: Hashable, Codable, Sendable {
  /// End an executor, or a plain command, if it still runs in that container.
  case kill(FrameworkID, ExecutorID, containerID: String)
}

extension ResourceUsage.Executor {
  fileprivate var end: QoSCorrection { .kill(frameworkID, executorID, containerID: containerID) }
}

/// Decides which executors on revocable resources have to go. It is asked at each
/// ``AgentConfiguration/qosCorrectionInterval``.
///
/// It may keep what it learns, but its answer has to follow from what it was told: no clock, no chance.
public protocol QoSController: Sendable {
  mutating func corrections(_ usage: ResourceUsage) -> [QoSCorrection]
}

/// Ends all executors on revocable resources while the machine's load is above a threshold. The load of the last minute says
/// little and does not count.
public struct LoadQoSController: Codable, QoSController {
  public let fiveMinutes: Scalar?
  public let fifteenMinutes: Scalar?

  /// - Parameters:
  ///   - fiveMinutes: the threshold of the load over five minutes; nil: that does not matter.
  ///   - fifteenMinutes: the same over fifteen minutes.
  public init(fiveMinutes: Scalar? = nil, fifteenMinutes: Scalar? = nil) {
    self.fiveMinutes = fiveMinutes
    self.fifteenMinutes = fifteenMinutes
  }

  public func corrections(_ usage: ResourceUsage) -> [QoSCorrection] {
    guard let load = usage.load else { return [] }
    let isOverloaded =
      fiveMinutes.map { load.fiveMinutes > $0 } ?? false
      || fifteenMinutes.map { load.fifteenMinutes > $0 } ?? false
    return isOverloaded ? usage.executors.filter(\.isRevocable).map(\.end) : []
  }
}

/// Ends executors on revocable resources, as few as it takes, when the others use the processors that they own: the machine's
/// processors have to be enough for what is used by those and allocated to the revocable ones.
public struct UsageQoSController: Codable, QoSController {
  public init() {}

  public func corrections(_ usage: ResourceUsage) -> [QoSCorrection] {
    var room = usage.total.scalar("cpus")
    for executor in usage.executors where !executor.isRevocable {
      room -= executor.used?.scalar("cpus") ?? .zero
    }
    var wanted = usage.allocatedRevocable.scalar("cpus")
    var corrections: [QoSCorrection] = []
    // The largest first; of equal ones the last.
    let candidates = usage.executors.filter(\.isRevocable).enumerated().sorted { left, right in
      (right.element.revocableProcessors, right.offset) < (left.element.revocableProcessors, left.offset)
    }
    for (_, executor) in candidates where wanted > room && executor.revocableProcessors > .zero {
      wanted -= executor.revocableProcessors
      corrections.append(executor.end)
    }
    return corrections
  }
}

extension ResourceUsage.Executor {
  fileprivate var revocableProcessors: Scalar { allocated.revocable.scalar("cpus") }
}
