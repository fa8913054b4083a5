/// The rules for names of roles. A role is a path of components, `eng/backend`; `*` is the default role.
public enum Role {
  /// The role of whoever names none.
  public static let anyone = "*"

  /// What is wrong with a name, as the end of a sentence that begins with it; nil if it is a valid role.
  public static func problem(with role: String) -> String? {
    if role == anyone { return nil }
    if role.isEmpty { return "is empty" }
    if role.hasPrefix("/") || role.hasSuffix("/") { return "starts or ends with a slash" }
    for component in role.split(separator: "/", omittingEmptySubsequences: false) {
      switch component {
      case "": return "has two slashes in a row"
      case ".", "..", "*": return "has the component \"\(component)\", which is reserved"
      default: break
      }
      if component.hasPrefix("-") { return "has a component that starts with a dash: \"\(component)\"" }
      if component.utf8.contains(where: { (9...13).contains($0) || $0 == 0x20 || $0 == 0x7f }) {
        return "has white space or a control character"
      }
    }
    return nil
  }

  /// Whether `role` is `ancestor` or lies below it.
  public static func isSameOrBelow(_ role: String, _ ancestor: String) -> Bool {
    role == ancestor
      || (role.hasPrefix(ancestor) && role.utf8.dropFirst(ancestor.utf8.count).first == UInt8(ascii: "/"))
  }
}
