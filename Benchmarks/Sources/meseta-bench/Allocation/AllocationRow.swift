// The clusters on which the allocator is measured, and what Mesos takes on them.

/// A cluster, and how `meseta-bench allocation` is told to make it.
struct AllocationRow {
  /// Names it for the comparisons.
  var id: String
  var name: String
  var arguments: [String]
  /// What a real Mesos 1.11.0 takes for a full cycle, and for one in which every pair is filtered: milliseconds as text.
  /// Driven directly, on the machine and the workload of the README's figures, but for the row with quotas.
  var mesosFull = ""
  var mesosFiltered = ""

  private init(
    _ agents: Int, _ frameworks: Int, roles: Int = 1, _ kind: String = "", _ options: [String] = [],
    mesosFull: String = "", mesosFiltered: String = ""
  ) {
    let size = "\(Figure.count(agents).text) × \(Figure.count(frameworks).text)"
    self.id = "allocation.\(agents)x\(frameworks)\(kind.isEmpty ? "" : "." + kind.replacing(" ", with: "-"))"
    self.name = kind.isEmpty ? size : "\(size), \(kind)"
    self.arguments =
      ["allocation", "--agents", "\(agents)", "--frameworks", "\(frameworks)", "--roles", "\(roles)"]
      + options
    self.mesosFull = mesosFull
    self.mesosFiltered = mesosFiltered
  }

  static let large = AllocationRow(10_000, 1000, mesosFull: "474")
  static let ownRoles = AllocationRow(10_000, 1000, roles: 1000, "own roles", ["--without-filters"])
  static let middle = AllocationRow(5000, 50, mesosFull: "119", mesosFiltered: "2,794")
  static let small = AllocationRow(1000, 50, mesosFull: "17.5", mesosFiltered: "396")
  /// Mesos's figures are published ones, of another machine.
  static let quotas = AllocationRow(
    3000, 3000, roles: 3000, "quotas", ["--quota", "--without-filters"], mesosFull: "14,000–17,000")
  static let huge = AllocationRow(50_000, 10_000, "", ["--without-filters", "--cycles", "30"])
  static let hundred = AllocationRow(1000, 100, "", ["--without-filters"])
  static let smoke = AllocationRow(60, 12, roles: 6, "quotas", ["--quota", "--cycles", "3"])

  static let all = [large, ownRoles, middle, small, quotas, huge, hundred]

  /// Half a minute in all; those with a filter for each of ten million pairs are left to `allocation-table`.
  static let some = [ownRoles, middle, quotas]
}
