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
  /// The agent has registered again on its session, and that is being written down.
  var isReturning = false
  /// Set while a write that takes the agent from those that are there is on its way.
  var departure: Departure?

  var info: AgentInfo { registration.info }

  /// The agent, for people to read.
  var name: String { "\(id) (\(info.hostname))" }

  /// What becomes of an agent in the registry.
  enum Departure: Equatable, Sendable {
    case unreachable
    case removal
  }
}

/// An agent whose (re-)registration waits for the registry.
struct PendingAgent: Sendable {
  var session: SessionID
  var id: AgentID
  var registration: AgentRegistration
  /// What runs on it; nil for a first registration.
  var returning: AgentReregistration?
}

extension AgentRegistration {
  /// All that the agent has: what it was set up with, in the form that operations gave it.
  var total: Resources {
    get throws(IncompatibleResources) {
      checkpointedResources.isEmpty
        ? info.resources : try info.resources.applying(checkpointed: checkpointedResources)
    }
  }
}
