// What differs between two forks.

import MesetaModel
import MesetaRuntime
import MesetaService
import MesetaSimulation

struct ForkComparison {
  let before: ForkMeasures
  let after: ForkMeasures

  private typealias Figures = ForkMeasures.Figures

  func print() throws {
    Swift.print("\(Self.seconds(before.span)) from then on, without the change -> with it\n")
    var use = MesetaService.TextTable([
      .init("UTILISATION"), .init("BEFORE", isNumeric: true), .init("AFTER", isNumeric: true),
    ])
    use.add(["cpus", Self.percent(before.cpus), Self.percent(after.cpus)])
    use.add(["mem", Self.percent(before.mem), Self.percent(after.mem)])
    show(use)
    Swift.print("")
    show(table("ROLE", before.roles, after.roles))
    Swift.print("")
    show(table("FRAMEWORK", before.frameworks, after.frameworks))
  }

  private func show(_ table: MesetaService.TextTable) {
    for line in table.lines(width: Terminal.width(of: 1)) { Swift.print(line) }
  }

  private func table(
    _ title: String, _ before: [(name: String, figures: Figures)], _ after: [(name: String, figures: Figures)]
  ) -> MesetaService.TextTable {
    var table = MesetaService.TextTable([
      .init(title, isFlexible: true), .init("SHARE", isNumeric: true), .init("TASKS", isNumeric: true),
      .init("FINISHED", isNumeric: true), .init("NOT LAUNCHED", isNumeric: true),
      .init("LOST", isNumeric: true),
      .init("WAIT MEAN", isNumeric: true), .init("WAIT P95", isNumeric: true),
    ])
    for (name, old, new) in Self.pairs(before, after) {
      func row(_ value: (Figures) -> String) -> String { "\(value(old)) -> \(value(new))" }
      table.add([
        name, row { Self.percent($0.share) }, row { "\($0.launched)" }, row { "\($0.finished)" },
        row { "\($0.unmet.count)" }, row { "\($0.lost)" }, row { Self.seconds($0.meanWait) },
        row { Self.seconds($0.wait(0.95)) },
      ])
    }
    return table
  }

  /// By name, in the order of the first.
  private static func pairs(
    _ before: [(name: String, figures: Figures)], _ after: [(name: String, figures: Figures)]
  ) -> [(name: String, before: Figures, after: Figures)] {
    before.indices.map { (before[$0].name, before[$0].figures, after[$0].figures) }
  }

  private static func percent(_ part: Double) -> String { "\((part * 1000).rounded() / 10) %" }

  private static func seconds(_ span: Span?) -> String {
    span.map { "\(($0.inSeconds * 100).rounded() / 100) s" } ?? "-"
  }

  // MARK: JSON

  var json: [String: Any] {
    ["seconds": before.span.inSeconds, "before": Self.json(before), "after": Self.json(after)]
  }

  private static func json(_ measures: ForkMeasures) -> [String: Any] {
    [
      "cpus_utilisation": measures.cpus, "mem_utilisation": measures.mem,
      "roles": measures.roles.map { json($0.figures, "role", $0.name) },
      "frameworks": measures.frameworks.map { json($0.figures, "framework", $0.name) },
    ]
  }

  private static func json(_ figures: Figures, _ kind: String, _ name: String) -> [String: Any] {
    var result: [String: Any] = [
      kind: name, "share": figures.share, "launched": figures.launched, "finished": figures.finished,
      "not_launched": figures.unmet.count, "lost": figures.lost,
    ]
    if let mean = figures.meanWait { result["wait_mean_seconds"] = mean.inSeconds }
    if let most = figures.wait(0.95) { result["wait_p95_seconds"] = most.inSeconds }
    return result
  }
}
