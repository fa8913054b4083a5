// What of an agent may go to whom, where some of it is reserved, revocable or shared.

import MesetaModel
import MesetaRuntime

/// The free resources of an agent while it is looked at, and the part of them that a role may have.
struct OfferableParts {
  /// What has not been offered in this look. Shared resources are offered once in a look.
  private(set) var rest: Resources

  /// The part that was asked for last, of use as long as nothing is taken: frameworks of a role follow each other.
  private var last: (role: RoleSlot, capabilities: Capabilities, part: Resources)?

  init(_ free: Resources) { self.rest = free }

  mutating func part(_ role: RoleSlot, _ capabilities: Capabilities, name: () -> String) -> Resources {
    if let last, last.role == role, last.capabilities == capabilities { return last.part }
    let name = name()
    let part = Resources(rest.resources.filter { Self.isOfferable($0, name, capabilities) })
    last = (role, capabilities, part)
    return part
  }

  mutating func take(_ part: Resources) {
    rest -= part
    last = nil
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
