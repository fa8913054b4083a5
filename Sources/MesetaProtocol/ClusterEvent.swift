public import MesetaModel

/// What operators who watch a cluster are told (`mesos.v1.master.Event`).
public enum ClusterEvent: Hashable, Sendable {
  /// The state when they began to watch.
  indirect case subscribed(ClusterDescription, heartbeatInterval: Double)
  indirect case taskAdded(TaskDescription)
  /// With the newest state of the task, which may be ahead of the status.
  indirect case taskUpdated(FrameworkID, TaskStatus, TaskState)
  indirect case agentAdded(AgentDescription)
  case agentRemoved(AgentID)
  indirect case frameworkAdded(FrameworkDescription)
  indirect case frameworkUpdated(FrameworkDescription)
  indirect case frameworkRemoved(FrameworkInfo)
  case heartbeat
}
