import MesetaAllocator
import MesetaModel
import MesetaProtocol
import MesetaRuntime

typealias AgentKey = Slot<AgentEntry>

/// An agent that is in the registry and has registered with this master.
struct AgentEntry: Codable, Sendable {
  var registration: AgentRegistration
  var id: AgentID
  /// Nanoseconds since the Unix epoch.
  var registeredTime: Int64
  /// When it came back to this master; nanoseconds since the Unix epoch.
  var reregisteredTime: Int64?
  /// Nil while the agent is disconnected.
  var session: SessionID?
  /// Its account in the allocator.
  var slot: AgentSlot
  var tasks: [TaskKey] = []
  var executors = ExecutorTable()
  var pings: PingMonitor
  /// It is to be marked unreachable, unless it answers before its turn comes.
  var isRemovalQueued = false
  /// The machine that it is on, as it names itself and as it is seen.
  var machine: MachineID
  /// When it is to go down for maintenance, if that is planned.
  var unavailability: Unavailability?
  /// Its tasks are being killed, to take it out of use.
  var isDraining = false
  /// Nanoseconds since the Unix epoch; nil: it is not being drained.
  var drainStartTime: Int64?
  /// Set while a write that takes the agent from those that are there is on its way.
  var departure: Departure?

  var info: AgentInfo { registration.info }

  /// The agent, for people to read.
  var name: String { "\(id) (\(info.hostname))" }

  /// What becomes of an agent in the registry.
  enum Departure: Equatable, Codable, Sendable {
    case unreachable
    case removal
    /// Given up for good.
    case gone
  }
}

/// An agent whose (re-)registration waits for the registry.
struct PendingAgent: Codable, Sendable {
  var session: SessionID
  var id: AgentID
  var registration: AgentRegistration
  var machine: MachineID
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
