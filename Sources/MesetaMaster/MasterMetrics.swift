/// What a master counts, named as Mesos names it in `/metrics/snapshot`.
public struct MasterMetrics: Hashable, Codable, Sendable {
  public var offersSent: UInt64 = 0
  public var offersRescinded: UInt64 = 0
  public var offersExpired: UInt64 = 0
  public var tasksLaunched: UInt64 = 0
  public var validStatusUpdates: UInt64 = 0
  public var invalidStatusUpdates: UInt64 = 0
  public var validStatusUpdateAcknowledgements: UInt64 = 0
  public var invalidStatusUpdateAcknowledgements: UInt64 = 0
  public var validOperationStatusUpdates: UInt64 = 0
  public var invalidOperationStatusUpdates: UInt64 = 0
  public var validOperationStatusUpdateAcknowledgements: UInt64 = 0
  public var invalidOperationStatusUpdateAcknowledgements: UInt64 = 0
  public var droppedMessages: UInt64 = 0
  public var messagesUpdateSlave: UInt64 = 0
  public var slaveUnreachableCompleted: UInt64 = 0
  /// Agents that answered in time after all.
  public var slaveUnreachableCanceled: UInt64 = 0
  /// Agents of an earlier master that did not come back.
  public var recoverySlaveRemovals: UInt64 = 0

  public init() {}
}
