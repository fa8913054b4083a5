// What all benchmarks found, as one table or as JSON.

struct Summary {
  private let plan: Plan
  private let rounds: [Round]

  init(_ plan: Plan, _ rounds: [Round]) {
    self.plan = plan
    self.rounds = rounds
  }

  /// The median of a figure over the rounds that have it, and how far the rounds are apart as a part of it.
  private func median(_ value: (Round) -> Double?) -> (value: Double, spread: Double)? {
    let values = rounds.compactMap(value).sorted()
    guard let first = values.first, let last = values.last else { return nil }
    let middle = values[values.count / 2]
    return (middle, middle > 0 ? (last - first) / middle : 0)
  }

  // MARK: Table

  func printTable() {
    var table = TextTable(
      alignment: [.left, .right, .right, .right, .right, .right, .right],
      header: ["", "median", "spread", "p50 µs", "p99 µs", "CPU s", "peak MB"])
    var section = ""
    for row in plan.rows {
      if row.section != section { table.add(section: row.section) }
      section = row.section
      table.add(cells(row))
    }
    table.print()
    if plan.targets.isEmpty { return }
    Swift.print("")
    Self.print(plan.targets) { median($0.value)?.value }
  }

  /// What is wanted beside what was measured.
  static func print(_ targets: [Target], measured: (Target) -> Double?) {
    var table = TextTable(
      alignment: [.left, .right, .right, .left], header: ["wanted", "measured", "target", ""])
    for target in targets { table.add(cells(target, measured(target))) }
    table.print()
  }

  private func cells(_ row: Plan.Row) -> [String] {
    func text(_ suffix: String, divisor: Double = 1) -> String {
      median(row, suffix: suffix).map { Figure.short($0 / divisor) } ?? ""
    }
    guard let (value, spread) = median({ $0[row.id]?[row.key] }) else { return [row.name] }
    return [
      "  \(row.name)", Unit(row.key).text(value), rounds.count > 1 ? Unit.percent.text(spread) : "",
      text("_us.p50"), text("_us.p99"), text("master_cpu_seconds"), text("peak_rss_bytes", divisor: 1e6),
    ]
  }

  /// The median of a row's first figure of such a name.
  private func median(_ row: Plan.Row, suffix: String) -> Double? {
    guard let key = rounds.first?[row.id]?.keys.first(where: { $0.hasSuffix(suffix) }) else { return nil }
    return median { $0[row.id]?[key] }?.value
  }

  private static func cells(_ target: Target, _ measured: Double?) -> [String] {
    let wanted =
      switch target.bound {
      case .atLeast(let least): "≥ \(target.unit.text(least))"
      case .atMost(let most): "≤ \(target.unit.text(most))"
      }
    guard let value = measured else { return [target.name, "", wanted, ""] }
    return [target.name, target.unit.text(value), wanted, target.isMet(by: value) ? "met" : "missed"]
  }

  // MARK: JSON

  func printJSON() {
    let benchmarks = plan.rows.map { "\"\($0.id)\":{\(members($0))}" }
    let targets = plan.targets.compactMap { target in
      median(target.value).map { value, _ in
        let bound =
          switch target.bound {
          case .atLeast(let least): "\"at_least\":\(Figure.number(least).json)"
          case .atMost(let most): "\"at_most\":\(Figure.number(most).json)"
          }
        return "{\"name\":\"\(target.name)\",\"measured\":\(Figure.number(value).json),\(bound),"
          + "\"met\":\(target.isMet(by: value))}"
      }
    }
    Swift.print(
      "{\"rounds\":\(rounds.count),\"medians\":{\(benchmarks.joined(separator: ","))},"
        + "\"targets\":[\(targets.joined(separator: ","))]}")
  }

  /// A row's figures, with percentiles in objects as each report has them.
  private func members(_ row: Plan.Row) -> String {
    var members: [(key: String, value: String)] = []
    for path in rounds.first?[row.id]?.keys ?? [] {
      let value = Figure.number(median { $0[row.id]?[path] }?.value ?? 0).json
      let parts = path.split(separator: ".")
      if parts.count == 1 {
        members.append((path, value))
      } else if let last = members.last, last.key == parts[0] {
        members[members.count - 1].value = "\(last.value.dropLast()),\"\(parts[1])\":\(value)}"
      } else {
        members.append((String(parts[0]), "{\"\(parts[1])\":\(value)}"))
      }
    }
    return members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
  }
}
