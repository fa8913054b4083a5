import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

typealias AgentKey = Slot<AgentEntry>

/// An agent that is in the registry and has registered with this master.
struct AgentEntry: Sendable {
  var registration: AgentRegistration
  var id: AgentID
  /// Nanoseconds since the Unix epoch.
  var registeredTime: Int64
  /// Nil while the agent is disconnected.
  var session: SessionID?
  /// Its account in the allocator.
  var slot: AgentSlot
  var tasks: [TaskKey] = []
  var executors = ExecutorTable()
  var pings: PingMonitor
  /// A write that takes the agent from the registry is on its way.
  var isLeaving = false

  var info: AgentInfo { registration.info }
}

/// An agent whose (re-)registration waits for the registry.
struct PendingAgent: Sendable {
  var session: SessionID
  var id: AgentID
  var registration: AgentRegistration
  /// What runs on it; nil for a first registration.
  var returning: AgentReregistration?
}
