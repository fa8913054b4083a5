/// How large the entries of a registry are.
struct RegistrySizes: Sendable {
  /// Look-up only.
  private var entries: [RegistryKey: Int] = [:]
  /// All together, with their names.
  private(set) var total = 0

  mutating func apply(_ change: RegistryChange) {
    let size: Int? =
      if case .put(let entry) = change { entry.key.name.utf8.count + entry.value.count } else { nil }
    total += (size ?? 0) - (entries[change.key] ?? 0)
    entries[change.key] = size
  }
}
