// Who shares the cluster: roles, frameworks, and frameworks in a role.

import MesetaModel
public import MesetaRuntime

/// Names a framework in an ``Allocator``.
public typealias FrameworkSlot = Slot<FrameworkLedger>

/// The account of a framework in an ``Allocator``.
public struct FrameworkLedger: Codable, Sendable {
  var isActive = true
  var capabilities: Capabilities
  /// Its roles: those that it subscribes to and those that it holds resources in.
  var subscriptions: [UInt32] = []
  /// How many offers are not answered yet.
  var outstandingOffers = 0
  /// Whether these are as many as are allowed.
  var isAtLimit = false

  init(capabilities: Capabilities) { self.capabilities = capabilities }
}

/// A framework in one of its roles: the leaf that resources are allocated to.
struct Subscription: Codable, Sendable {
  let framework: FrameworkSlot
  let role: RoleSlot
  /// False while the framework only holds resources in a role that it has left.
  var isSubscribed = false
  var isSuppressed = false
  var capabilities = Capabilities()
  /// Nil: the default.
  var minimum: MinimalQuantities?
  var filterKey: UInt32
  var allocated = Amounts()
  /// On how many agents it holds resources.
  var agents = 0
  /// The place in the sorter of the role; the share is current only if not `isStale`.
  var rank = Rank()
  var allocations: UInt64 = 0
  /// Whether it is in the sorter of its role: it wants offers.
  var isListed = false
  var isStale = false
  /// Whether it has to be looked at on all agents, because it wants more than when they were last looked at.
  var isAsker = false
}

/// The capabilities of a framework that decide what it is offered.
struct Capabilities: OptionSet, Hashable, Codable, Sendable {
  let rawValue: UInt8

  static let gpuResources = Capabilities(rawValue: 1)
  static let revocableResources = Capabilities(rawValue: 2)
  static let sharedResources = Capabilities(rawValue: 4)
  static let reservationRefinement = Capabilities(rawValue: 8)
  static let regionAware = Capabilities(rawValue: 16)

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init(_ capabilities: [FrameworkInfo.Capability]) {
    self = []
    for capability in capabilities {
      switch capability {
      case .gpuResources: insert(.gpuResources)
      case .revocableResources: insert(.revocableResources)
      case .sharedResources: insert(.sharedResources)
      case .reservationRefinement: insert(.reservationRefinement)
      case .regionAware: insert(.regionAware)
      case .taskKillingState, .partitionAware, .multiRole: break
      }
    }
  }
}
