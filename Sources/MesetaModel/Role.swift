/// The rules for names of roles. A role is a path of components, `eng/backend`; `*` is the default role.
public enum Role {
  /// The role of whoever names none.
  public static let anyone = "*"

  /// How deep roles may be nested. Mesos sets no bound; what is done for a role costs as much as it is deep.
  public static let depthLimit = 64

  /// What is wrong with a name, in Mesos's words; nil if it is a valid role.
  public static func problem(with role: String) -> String? {
    if role == anyone { return nil }
    if role.isEmpty { return "Role names cannot be the empty string" }
    if role.hasPrefix("/") { return "Role '\(role)' cannot start with a slash" }
    if role.hasSuffix("/") { return "Role '\(role)' cannot end with a slash" }
    let components = role.split(separator: "/", omittingEmptySubsequences: false)
    if components.count > depthLimit {
      return "A role of \(components.count) components is nested deeper than \(depthLimit) roles"
    }
    for component in components {
      switch component {
      case "": return "Role '\(role)' cannot contain two adjacent slashes"
      case ".", "..", "*": return "Role '\(role)' cannot include '\(component)' as a component"
      default: break
      }
      if component.hasPrefix("-") {
        return "Role component '\(component)' is invalid because it starts with a dash"
      }
      if component.utf8.contains(where: { (9...13).contains($0) || $0 == 0x20 || $0 == 0x7f }) {
        return "Role component '\(component)' is invalid because it contains backspace or whitespace"
      }
    }
    return nil
  }

  /// Whether `role` is `ancestor` or lies below it.
  public static func isSameOrBelow(_ role: String, _ ancestor: String) -> Bool {
    role == ancestor
      || (role.hasPrefix(ancestor) && role.utf8.dropFirst(ancestor.utf8.count).first == UInt8(ascii: "/"))
  }

  /// The role that a role lies directly below; nil if it lies below none.
  public static func parent(of role: String) -> String? {
    role.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(role[..<$0]) }
  }
}
