// The roles that the sequences use.

enum RoleNames {
  static let all = ["a", "a/x", "a/x/p", "b", "b/y", "c"]
  /// A role comes after those below it.
  static let upward = all.sorted { $0.count > $1.count }

  /// A role and those above it, from the top.
  static let paths: [String: [String]] = Dictionary(
    uniqueKeysWithValues: all.map { role in
      (role, all.filter { role == $0 || role.hasPrefix($0 + "/") })
    })

  static func path(to role: String) -> [String] { paths[role] ?? [] }

  static func parent(_ role: String) -> String? { path(to: role).dropLast().last }

  /// Whether a role is another one or below it.
  static func isWithin(_ role: String, _ other: String) -> Bool { path(to: role).contains(other) }
}
