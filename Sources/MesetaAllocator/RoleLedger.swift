// The account of a role: a node of the tree of roles.

import MesetaModel
public import MesetaRuntime

/// Names a role in an ``Allocator``: it is valid while a framework subscribes to the role or to one below it, or holds
/// resources in it, while something is reserved for it, or while it has a quota.
public typealias RoleSlot = Slot<RoleLedger>

/// The account of a role in an ``Allocator``.
///
/// Roles form a tree, `eng` above `eng/backend`; the root stands for the whole cluster. At each node the roles below
/// and the role's own frameworks, taken together as one, share what the node gets.
public struct RoleLedger: Codable, Sendable {
  let name: String
  /// Nil for the root.
  let parent: UInt32?
  var weight: Double

  // What keeps the role from going.
  var children = 0
  /// How many frameworks subscribe to the role or hold resources in it.
  var subscriptions = 0
  /// How many resources of agents are reserved for the role itself.
  var reservations = 0

  /// What frameworks are allocated in the role and below it, and how often they were.
  var allocated = Amounts()
  var allocations: UInt64 = 0
  /// The same of the role's own frameworks.
  var ownAllocated = Quantities()
  var ownAllocations: UInt64 = 0

  /// The own frameworks that want offers, by subscription.
  var frameworks = Sorter()
  /// The roles below in which some framework wants offers, by role; the own frameworks stand among them with the
  /// index of this role.
  var clients = Sorter()
  /// The place in the `clients` of the parent; the share is current only if not `isStale`.
  var rank = Rank()
  /// The place of the own frameworks in `clients`.
  var ownRank = Rank()
  /// Whether it is in the `clients` of the parent: some framework wants offers.
  var isListed = false
  var isStale = false

  var quota = QuotaLedger()

  init(name: String, parent: UInt32?, weight: Double) {
    self.name = name
    self.parent = parent
    self.weight = weight
  }

  /// Whether nothing needs the role any more.
  var isUnused: Bool {
    children == 0 && subscriptions == 0 && reservations == 0 && quota.isDefault && parent != nil
  }
}
