// The tree of roles: which there are, and which of them want offers.

public import MesetaRuntime

extension Allocator {
  /// The index of the root of the tree of roles.
  static let root: UInt32 = 0

  /// Sets the weight of a role, now and for whenever it is in use. A role of weight 2 gets twice the share of a
  /// role of weight 1, which is the default, among the roles below the same parent.
  ///
  /// - Precondition: the weight is positive and finite.
  public mutating func setWeight(_ role: String, _ weight: Double) {
    precondition(weight > 0 && weight.isFinite, "the weight of a role is positive")
    weights[role] = weight == 1 ? nil : weight
    guard let slot = roleSlots[role] else { return }
    roles[Int(slot.index)].weight = weight
    markStale(role: slot.index)
  }

  /// The weight of a role, also of one that is not in use.
  public func weight(_ role: String) -> Double { weights[role] ?? 1 }

  /// The role of that name, if it is in use.
  public func role(_ name: String) -> RoleSlot? { roleSlots[name] }

  /// The name of a role that is in use.
  public func roleName(_ role: RoleSlot) -> String? {
    roles.contains(role) ? roles[valid: role].name : nil
  }

  /// The same as ``roleName(_:)``, looked up in place: what is not mutating is handed a copy of the whole allocator.
  package mutating func lookUpRoleName(_ role: RoleSlot) -> String? {
    roles.contains(role) ? roles[valid: role].name : nil
  }

  /// The names of all roles in use, also of those that are only there because of one below: a role comes after the
  /// one that it is below.
  public var roleNames: [String] {
    var names: [String] = []
    roles.visit { slot, role in
      if slot.index != Self.root { names.append(role.name) }
    }
    return names.sorted()
  }

  // MARK: The tree

  /// The role of that name; it and those that it is below are made if they are not there.
  mutating func role(making name: String) -> RoleSlot {
    if let slot = roleSlots[name] { return slot }
    var parent = Self.root
    var end = name.startIndex
    while end < name.endIndex {
      end = name[end...].dropFirst().firstIndex(of: "/") ?? name.endIndex
      let path = String(name[..<end])
      if let slot = roleSlots[path] {
        parent = slot.index
        continue
      }
      let slot = roles.insert(RoleLedger(name: path, parent: parent, weight: weight(path)))
      roles[Int(slot.index)].rank.client = slot.index
      roles[Int(slot.index)].ownRank.client = slot.index
      roles[Int(parent)].children += 1
      roleSlots[path] = slot
      parent = slot.index
    }
    return roles.key(at: Int(parent)) ?? RoleSlot(index: parent, generation: 0)
  }

  /// Removes a role that nothing needs any more, and those above that were there because of it.
  mutating func removeRoleIfUnused(_ index: UInt32) {
    var next: UInt32? = index
    while let index = next, let key = roles.key(at: Int(index)), roles[Int(index)].isUnused {
      next = roles[Int(index)].parent
      roleSlots[roles[Int(index)].name] = nil
      roles.remove(key)
      if let next { roles[Int(next)].children -= 1 }
    }
  }

  /// Does something with a role and all above it, the root included.
  mutating func upward(from role: UInt32, _ body: (inout Allocator, UInt32) -> Void) {
    var next: UInt32? = role
    while let index = next {
      next = roles[Int(index)].parent
      body(&self, index)
    }
  }

  // MARK: Who wants offers

  /// Enters the own frameworks of a role, the role and those above into the tree of who wants offers, or takes them
  /// out, after the sorter of the frameworks got its first or lost its last.
  mutating func relist(_ role: UInt32) {
    let place = Int(role)
    if roles[place].frameworks.isEmpty {
      roles[place].clients.remove(roles[place].ownRank)
    } else {
      roles[place].ownRank = rank(ofOwn: role)
      insert(roles[place].ownRank, below: role)
    }
    relistRoles(from: role)
    updateNeed(from: role)
  }

  private mutating func relistRoles(from role: UInt32) {
    var next = role
    while let parent = roles[Int(next)].parent {
      let place = Int(next)
      guard roles[place].isListed == roles[place].clients.isEmpty else { return }
      if roles[place].isListed {
        roles[Int(parent)].clients.remove(roles[place].rank)
      } else {
        roles[place].rank = rank(ofRole: next)
        insert(roles[place].rank, below: parent)
      }
      roles[place].isListed.toggle()
      next = parent
    }
  }

  private mutating func insert(_ rank: Rank, below role: UInt32) {
    // The place of one that was alone was not kept.
    if roles[Int(role)].clients.count == 1, let alone = roles[Int(role)].clients.first {
      markStale(role: alone.client)
    }
    roles[Int(role)].clients.insert(rank)
  }
}
