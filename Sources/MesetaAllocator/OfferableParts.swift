// What of an agent may go to whom, where some of it is reserved, revocable or shared.

import MesetaModel
import MesetaRuntime

/// The free resources of an agent while it is looked at, and the part of them that a role may have.
struct OfferableParts {
  /// What a role may have.
  struct Part {
    var resources: Resources
    var amounts: Amounts
    /// What of it is kept for the guarantees of the role.
    var kept = Quantities()
    /// Whether quotas keep some of it back.
    var isChopped = false
  }

  /// What has not been offered in this look. Shared resources are offered once in a look.
  private(set) var rest: Resources
  /// Whether quotas kept some of it from somebody.
  var isHeldBack = false

  /// The part that was asked for last, of use as long as nothing is taken: frameworks of a role follow each other.
  private var last: (role: RoleSlot, capabilities: Capabilities, part: Part?)?

  init(_ free: Resources) { self.rest = free }

  /// The part for a role, computed by `make` unless it was asked for just before.
  mutating func part(
    _ role: RoleSlot, _ capabilities: Capabilities, _ make: (Resources) -> Part?
  ) -> Part? {
    if let last, last.role == role, last.capabilities == capabilities { return last.part }
    let part = make(rest)
    if part?.isChopped ?? false { isHeldBack = true }
    last = (role, capabilities, part)
    return part
  }

  mutating func take(_ part: Resources) {
    if part.isIdentical(to: rest) { rest = Resources() } else { rest -= part }
    last = nil
  }

  /// Whether any role may have some of what is left.
  var hasUnreserved: Bool { rest.contains { $0.reservationRole == nil } }

  /// Whether a role that has used up its quota may still have some of what anybody may have.
  var hasRevocable: Bool { rest.contains { $0.isRevocable } }

  /// The roles that what is left is reserved for, without those that are below another of them.
  var reservedRoles: [String] {
    var roles: [String] = []
    for role in rest.compactMap(\.reservationRole) where !roles.contains(where: { Role.isSameOrBelow(role, $0) }) {
      roles.removeAll { Role.isSameOrBelow($0, role) }
      roles.append(role)
    }
    return roles
  }

  /// Whether a resource may go to a framework with those capabilities in that role.
  static func isOfferable(_ resource: Resource, _ role: String, _ capabilities: Capabilities) -> Bool {
    if resource.isPlain { return true }
    if let owner = resource.reservationRole, !Role.isSameOrBelow(role, owner) { return false }
    if resource.isRevocable, !capabilities.contains(.revocableResources) { return false }
    if resource.isShared, !capabilities.contains(.sharedResources) { return false }
    return resource.traits.reservations.count < 2 || capabilities.contains(.reservationRefinement)
  }
}
