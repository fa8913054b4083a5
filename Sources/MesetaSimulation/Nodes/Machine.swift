// The state machines of a cluster, as a simulation sees them: all alike.

import MesetaAgent
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// What only one kind of machine is told.
enum Local: Hashable, Sendable {
  case stored(StorageToken)
  case recorded(StorageToken)
  case recovered([String], afterReboot: Bool)
  case container(ContainerEvent)
  indirect case usage(MachineUsage)
  /// The operator, or the application, wants the machine to end.
  case stop(teardown: Bool)
}

/// A machine in a simulation. What is asked for again and again is mutating: anything else is handed a copy of the machine.
protocol Machine {
  /// Handles the inputs of an instant, and takes them out. Returns ``nextWake``.
  mutating func handle(batch: inout [NodeInput<Local>], at time: Time, _ effects: inout Outbox) -> Instant
  /// The same for a batch of one input.
  mutating func handle(
    alone input: consuming NodeInput<Local>, at time: Time, _ effects: inout Outbox
  ) -> Instant
  mutating func handle(_ input: consuming NodeInput<Local>, at time: Time, _ effects: inout Outbox)
  var nextWake: Instant { mutating get }
  /// Whether it says what it is told to say, or what it likes, whether or not that makes sense.
  var isScripted: Bool { get }
  /// The rare branches that the machine has been through in this life.
  var marks: NodeMarks { get }
  /// What does not hold inside the machine and must always hold; nil if all does.
  mutating func brokenInvariant() -> String?
  /// What does not add up of an agent's resources in a master; nil if all does, and for other machines.
  mutating func brokenAccount(of agent: AgentID) -> String?
  /// What a master has other than it was written down; nil if nothing is, and for other machines.
  func contradiction(to settings: DurableSettings) -> String?
  /// Whether a master has a framework, connected or not; true for other machines.
  func hasFramework(_ id: FrameworkID) -> Bool
}

extension Machine {
  mutating func handle(
    batch: inout [NodeInput<Local>], at time: Time, _ effects: inout Outbox
  ) -> Instant {
    for index in batch.indices {
      var input = NodeInput<Local>.wake
      swap(&input, &batch[index])
      handle(input, at: time, &effects)
    }
    handle(.endOfBatch, at: time, &effects)
    return nextWake
  }

  mutating func handle(
    alone input: consuming NodeInput<Local>, at time: Time, _ effects: inout Outbox
  ) -> Instant {
    handle(input, at: time, &effects)
    handle(.endOfBatch, at: time, &effects)
    return nextWake
  }

  var isScripted: Bool { false }
  var marks: NodeMarks { NodeMarks() }
  func brokenInvariant() -> String? { nil }
  func brokenAccount(of agent: AgentID) -> String? { nil }
  func contradiction(to settings: DurableSettings) -> String? { nil }
  func hasFramework(_ id: FrameworkID) -> Bool { true }
}

extension NodeInput {
  /// The same input for a machine with other local inputs; nil for one that it does not know.
  consuming func map<Other: Hashable & Sendable>(_ change: (Local) -> Other?) -> NodeInput<Other>? {
    switch self {
    case .opened(let session, let peer): .opened(session, peer)
    case .connectFailed(let reason): .connectFailed(reason: reason)
    case .received(let session, let request, let message): .received(session, request, message)
    case .closed(let session, let reason): .closed(session, reason: reason)
    case .local(let local): change(local).map { .local($0) }
    case .wake: .wake
    case .endOfBatch: .endOfBatch
    }
  }
}
