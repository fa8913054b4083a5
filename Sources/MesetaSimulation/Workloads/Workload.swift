// The applications of a campaign.

import MesetaFramework
import MesetaModel
import MesetaProtocol
import MesetaRuntime

/// What a framework of a campaign does.
package enum WorkloadKind: String, CaseIterable, Hashable, Sendable {
  /// Runs commands until each has finished once.
  case batch
  /// The same with the ready-made scheduler.
  case jobs
  /// Runs tasks under custom executors, and talks to those.
  case executors
  /// Keeps commands running that never end by themselves.
  case service
  /// Sits on offers.
  case hoarder
  /// Makes reservations and volumes, and runs tasks on them.
  case volumes
  /// Wants resources all at once.
  case gang
  /// Changes its roles, its constraints, and what it wants.
  case fickle
  /// Runs commands on resources that may be taken back.
  case revocable
  /// Says what it must not, in every way, and too much of it.
  case unruly

  var hasSeveralRoles: Bool { self == .fickle || self == .hoarder }
  /// Whether the role must be one that resources can be reserved for.
  var needsRole: Bool { self == .volumes }
}

/// A scheduler that knows what it wants in the end.
protocol Workload: Scheduler {
  init(_ shape: Shape.Framework)
  /// What has not come about yet; nil: everything has.
  var lack: String? { get }
  static var options: SchedulerOptions { get }
  static var capabilities: [FrameworkInfo.Capability] { get }
}

extension Workload {
  static var options: SchedulerOptions { SchedulerOptions() }
  static var capabilities: [FrameworkInfo.Capability] { [] }
}

/// A framework of a running campaign.
struct Installed {
  var shape: Shape.Framework
  /// The node that runs it now.
  var node: NodeID
  /// What it waits for.
  let lack: (Simulation, NodeID) -> String?
  /// Starts another instance of it, and returns its node.
  let succeed: (inout Simulation, NodeID) -> NodeID?
}

extension Simulation {
  mutating func install(_ shape: Shape.Framework) -> Installed {
    switch shape.kind {
    case .batch: install(BatchWorkload.self, shape)
    case .jobs: install(JobsWorkload.self, shape)
    case .executors: install(ExecutorWorkload.self, shape)
    case .service: install(ServiceWorkload.self, shape)
    case .hoarder: install(HoarderWorkload.self, shape)
    case .volumes: install(VolumeWorkload.self, shape)
    case .gang: install(GangWorkload.self, shape)
    case .fickle: install(FickleWorkload.self, shape)
    case .revocable: install(RevocableWorkload.self, shape)
    case .unruly: installUnruly(shape)
    }
  }

  private mutating func install<W: Workload>(_ type: W.Type, _ shape: Shape.Framework) -> Installed {
    var info = FrameworkInfo(name: shape.name, failoverTimeout: shape.failoverTimeout, principal: shape.name)
    info.capabilities =
      [.taskKillingState] + W.capabilities + (shape.isPartitionAware ? [.partitionAware] : [])
    if shape.isRegionAware { info.capabilities.append(.regionAware) }
    if shape.takesGPUs, !W.capabilities.contains(.gpuResources) { info.capabilities.append(.gpuResources) }
    // Some say what they are as frameworks did before there were several roles.
    if shape.roles.count == 1, shape.number % 2 == 0 {
      info.role = shape.roles[0]
    } else {
      info.roles = shape.roles
      info.capabilities.append(.multiRole)
    }
    let framework = info
    let node = add(W(shape), framework: framework, options: W.options, survivesCrashes: true).node
    return Installed(
      shape: shape, node: node,
      lack: { world, node in
        guard let scheduler = world.scheduler(of: FrameworkHandle<W>(node: node)) else { return nil }
        return scheduler.lack
      },
      succeed: { world, node in
        guard let id = world.nodes[node.index].disk.record?.frameworkID else { return nil }
        var successor = framework
        successor.id = id
        return world.add(W(shape), framework: successor, options: W.options, survivesCrashes: true).node
      })
  }

  private mutating func installUnruly(_ shape: Shape.Framework) -> Installed {
    let node = addNode("framework\(frameworks.count)", .framework, server: .leader) { _, seed, _ in
      UnrulyFramework(shape, seed: seed)
    }
    frameworks.append(node)
    return Installed(shape: shape, node: node, lack: { _, _ in nil }, succeed: { _, _ in nil })
  }
}
