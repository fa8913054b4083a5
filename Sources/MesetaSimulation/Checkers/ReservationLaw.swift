// What is reserved goes to the role that it is reserved for, and to roles below that.

import MesetaModel

enum ReservationLaw {
  /// What is wrong with offering or using resources in a role; nil if nothing is.
  static func problem(with resources: Resources, in role: String) -> String? {
    for resource in resources where !resource.isPlain {
      guard let owner = resource.reservationRole, !isWithin(role, owner) else { continue }
      return "\(resource), which is reserved, goes to the role \(role)"
    }
    return nil
  }

  /// Whether a role is another one or below it.
  private static func isWithin(_ role: String, _ owner: String) -> Bool {
    guard role.utf8.starts(with: owner.utf8) else { return false }
    let rest = role.utf8.dropFirst(owner.utf8.count)
    return rest.isEmpty || rest.first == UInt8(ascii: "/")
  }
}
