// The nodes of a simulated cluster, and the containers on them.

import MesetaAgent
public import MesetaFramework
import MesetaMaster
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// Names a node of a simulation.
public struct NodeID: Hashable, Comparable, Sendable {
  let index: Int

  /// In the order they were added.
  public static func < (left: NodeID, right: NodeID) -> Bool { left.index < right.index }
}

/// A framework that was added to a simulation with its scheduler.
public struct FrameworkHandle<S: Scheduler>: Hashable, Sendable {
  /// The node that it runs on.
  public let node: NodeID
}

/// Names a node by what it is.
public enum NodeName: Hashable, Sendable {
  /// The master that leads, or the one that led last.
  case master
  /// One of several masters, from 0, whether or not it leads.
  case candidate(Int)
  /// The agents by the order in which they were added, from 0.
  case agent(Int)
  case node(NodeID)
}

/// What becomes of a node's disk, and with it of the processes on the machine, when it crashes.
public enum DiskFate: Hashable, Sendable {
  /// The process alone crashes: what it was told is written is there when it starts again, and its containers go on. What
  /// it was still writing is not.
  case kept
  /// The same in the middle of its writes: the first of those under way may be whole, and the next is cut short.
  case torn
  /// The machine starts again: its containers are gone, and of what was written and not synchronised the end may be. For
  /// other nodes than agents the same as `torn`.
  case rebooted
  /// The machine is gone, with its containers: what starts again knows nothing.
  case lost
}

/// Whom a node connects to.
enum Server: Hashable, Sendable {
  case nobody
  /// The master that leads.
  case leader
  /// The agent that an executor runs on.
  case node(NodeID)
}

/// What a node has written down.
struct Disk: Sendable {
  var checkpoint: AgentCheckpoint?
  /// What an agent has written down of its tasks.
  var journal = AgentJournal()
  var record: FrameworkRecord?
  /// What all masters share; handed to the one that begins to lead.
  var registry = RegistryState()
}

/// A node, running or crashed.
struct Node {
  let id: NodeID
  let name: String
  let role: PeerRole
  /// Starts the machine anew.
  let make: (_ disk: Disk, _ seed: UInt64, _ time: Time) -> any Machine
  /// Whom it connects to.
  let server: Server
  var machine: any Machine
  /// Names the streams of random numbers of the node.
  let stream: UInt64
  /// What the node's surroundings draw.
  var random: SeededGenerator
  /// How many sessions it has asked for.
  var connections: UInt64 = 0
  var isUp = true
  /// It has come to its end by itself, and does not start again.
  var hasFinished = false
  /// Tells what was meant for an earlier life.
  var life = 0
  var disk = Disk()
  /// The inputs of the batch that is being collected.
  var inbox: [NodeInput<Local>] = []
  /// When the next wake-up is on its way.
  var wake = Instant.never
  /// When the machine wants to be woken, by its own clock.
  var wantedWake = Instant.never
  /// When the last one came, and how many in a row came at once after the one before.
  var lastWake = Instant.zero
  var wakesAtOnce = 0
  /// The writes complete in order.
  var lastWrite = Instant.zero
  /// So do synchronisations.
  var lastSync = Instant.zero
  /// The machine has started again since it was up.
  var wasRebooted = false
  /// Those that it has not heard of yet, in order.
  var pendingWrites: [PendingWrite] = []
  /// Its writes are not answered any more.
  var isStoreFailing = false
  /// Another master leads or will, and it does not know yet.
  var isDeposed = false
  /// The master that it takes for the one that leads, where it has not heard yet that this one was deposed.
  var followed: NodeID?
  var clock: NodeClock
  /// It handles nothing before that: it stands still, or is slow.
  var busyUntil = Instant.zero
  /// How slow it is, and until when.
  var slowness = Span.zero...Span.zero
  var slowUntil = Instant.zero
  /// Whether it may crash by chance.
  var mayCrash = true
  /// The open sessions, ascending.
  var sessions: [SessionID] = []
  /// Where the answer to a request goes.
  var requests: [RequestID: (session: SessionID, number: UInt64)] = [:]
  /// The containers of an agent, in the order of their start.
  var containers: [SimulatedContainer] = []
  var lastContainer = 0
  /// The load of the machine.
  var load = LoadAverages(oneMinute: .zero, fiveMinutes: .zero, fifteenMinutes: .zero)
}

/// What a container is: one box, because it passes through many hands unchanged.
final class ContainerSpec: Sendable {
  let launch: ContainerLaunch
  let plan: CommandPlan
  /// Tells the containers of an agent apart.
  let serial: Int
  /// What people know the container by: the executor's id, which is the task's for a plain command.
  let name: String
  /// What it runs; nil for an executor.
  let task: (framework: FrameworkID, id: TaskID)?

  init(_ launch: ContainerLaunch, _ plan: CommandPlan, serial: Int) {
    self.launch = launch
    self.plan = plan
    self.serial = serial
    self.name = launch.variable("MESOS_EXECUTOR_ID") ?? launch.containerID
    if let framework = launch.variable("MESOS_FRAMEWORK_ID"), let task = launch.variable("MESOS_TASK_ID") {
      self.task = (FrameworkID(framework), TaskID(task))
    } else {
      self.task = nil
    }
  }
}

/// A container on a simulated machine.
struct SimulatedContainer {
  enum State: Hashable {
    case starting
    case running
    case ended(ContainerExit)
  }

  let spec: ContainerSpec
  /// That of ``spec``: it is looked for among all of an agent.
  let serial: Int
  var state = State.starting
  /// When its process began.
  var start = Instant.zero
  /// Where its executor runs, if it is one.
  var executor: NodeID?

  init(spec: ContainerSpec) {
    self.spec = spec
    self.serial = spec.serial
  }

  var launch: ContainerLaunch { spec.launch }
  var plan: CommandPlan { spec.plan }
  var id: String { spec.launch.containerID }

  func variable(_ name: String) -> String? { spec.launch.variable(name) }
}
