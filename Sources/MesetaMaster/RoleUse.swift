import MesetaAllocator
import MesetaModel
import MesetaRuntime

/// What a role and all roles below it hold, counted by name.
struct RoleUse {
  var allocated = ResourceSums()
  var offered = ResourceSums()
  var reserved = ResourceSums()
  /// What of the reserved is allocated to somebody.
  var allocatedOfReserved = ResourceSums()

  /// What counts towards a quota. (What is offered does not, as in Mesos: it may come back.)
  var consumed: ResourceSums {
    var consumed = reserved
    consumed -= allocatedOfReserved
    consumed += allocated
    return consumed
  }
}

/// What roles hold, each with all below it.
struct RoleUses {
  /// Those that hold something, in the order they were found.
  private(set) var roles: [String] = []
  private var uses: [RoleUse] = []
  private var places: [String: Int] = [:]

  subscript(role: String) -> RoleUse { places[role].map { uses[$0] } ?? RoleUse() }

  /// Changes what a role and those above it hold.
  mutating func add(_ role: String, _ change: (inout RoleUse) -> Void) {
    var next: String? = role
    while let role = next {
      let place = places[role] ?? uses.count
      if place == uses.count {
        roles.append(role)
        uses.append(RoleUse())
        places[role] = place
      }
      change(&uses[place])
      next = Role.parent(of: role)
    }
  }
}

extension Master {
  /// What roles hold. O(agents).
  ///
  /// - Parameter wanted: Only of roles for which this is true.
  func roleUses(where wanted: (String) -> Bool = { _ in true }) -> RoleUses {
    var uses = RoleUses()
    agents.visit { _, agent in
      for resource in allocator.total(agent.slot) {
        guard let role = resource.reservationRole, wanted(role) else { continue }
        uses.add(role) { $0.reserved.add(resource.name, resource.value.quantity) }
      }
      allocator.visitHoldings(of: agent.slot) { slot, offered, used in
        let role = roleName(slot)
        if wanted(role) {
          uses.add(role) {
            $0.allocated.add(used)
            $0.offered.add(offered)
          }
        }
        for resource in used {
          guard let role = resource.reservationRole, wanted(role) else { continue }
          uses.add(role) { $0.allocatedOfReserved.add(resource.name, resource.value.quantity) }
        }
      }
    }
    return uses
  }

  /// What one role and those below it hold. O(agents).
  func roleUse(_ role: String) -> RoleUse { roleUses { Role.isSameOrBelow($0, role) }[role] }
}
